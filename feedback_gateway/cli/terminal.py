"""A phone in the terminal: a typed line is a key, or what is written; a line that begins with `/` is a command."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import click
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from feedback_gateway import editions, simulate
from feedback_gateway.channels.contract import BadPayloadError
from feedback_gateway.settings import Settings
from feedback_gateway.simulate import CHANNEL, SERVICE_CODE, Handset, LivePhone, read_code, room_of
from flows import gsm7
from flows.book import Book
from flows.gsm7 import SmsPolicy
from flows.screens import Limits

WIDTH = 44
HELP = f"""\
A line is a key, or words, sent to the open screen. Empty: look for SMS.
  /dial [CODE]  call {SERVICE_CODE}, or {SERVICE_CODE.removesuffix("#")}*2*1#
  /sms TEXT     write to the line
  /drop         the network drops the session; /dial offers to go on
  /again        the provider repeats its last request
  /wait SECONDS time passes (--pure)
  /quit         end (or Ctrl-D)"""


class Terminal(ABC):
    """One phone; `limit` is what its screens hold, in septets."""

    def __init__(self, phone: Handset, limit: int) -> None:
        self._phone = phone
        self._limit = limit
        self._out = Console(highlight=False)
        self._can_repeat = False

    @abstractmethod
    def recording(self, about: str) -> str:
        """What was done so far, as a dialogue file."""

    @abstractmethod
    def look(self, *, wait: bool) -> Sequence[str]:
        """The SMS that came since the last look; `wait`: those that are on their way, for a while."""

    def let_pass(self, seconds: int) -> str:
        """Lets time pass. Returns what to say about it."""
        return f"time passes by itself here, also these {seconds} seconds; a --pure phone can let it pass"

    def talk(self) -> None:
        """Dials, then does what is typed until /quit or the end of the input."""
        self._out.print(HELP, style="dim", markup=False)
        self.do(f"/dial {SERVICE_CODE}")
        while True:
            try:
                line = click.prompt(">", prompt_suffix=" ", default="", show_default=False).strip()
            except click.Abort:
                return
            if line == "/quit":
                return
            self.do(line)

    def do(self, line: str) -> None:
        """One typed line."""
        word, _, rest = line.partition(" ")
        try:
            match word:
                case "/help":
                    self._out.print(HELP, markup=False)
                case "/dial":
                    self._dial(rest)
                case "/sms" if rest.strip():
                    self._phone.sms(rest.strip())
                    self._show_letters(wait=True)
                case "/drop":
                    self._drop()
                case "/again":
                    self._again()
                case "/wait":
                    self._wait(rest)
                case _ if line.startswith("/"):
                    self._say(f"{word}: not a command, or something is missing; /help lists them")
                case "":
                    self._show_letters(wait=False)
                case _:
                    self._press(line)
        except BadPayloadError:
            self._can_repeat = False
            self._phone.drop()
            self._say("the line has lost this session: /dial")

    def _dial(self, code: str) -> None:
        inputs = read_code(code or SERVICE_CODE)
        if inputs is None:
            self._say(f"connection problem or invalid MMI code: {SERVICE_CODE} is the line's")
            return
        self._phone.dial(inputs)
        self._show_screen()

    def _press(self, key: str) -> None:
        if self._phone.ended:
            self._say("no session is open: /dial, /sms TEXT or /quit")
            return
        self._phone.press(key)
        self._show_screen()

    def _drop(self) -> None:
        if self._phone.ended:
            self._say("no session is open")
            return
        self._can_repeat = False
        self._phone.drop()
        self._say("the connection is lost; the line does not know. /dial offers to go on")

    def _again(self) -> None:
        if not self._can_repeat:
            self._say("there is no request to repeat")
            return
        before = self._phone.screen
        self._phone.again()
        self._show_screen()
        self._say("the same screen" if self._phone.screen == before else "NOT the same screen")

    def _wait(self, seconds: str) -> None:
        if not seconds.isdecimal():
            self._say("/wait SECONDS")
            return
        self._say(self.let_pass(int(seconds)))
        self._can_repeat = self._can_repeat and not self._phone.ended
        self._show_letters(wait=False)

    def _show_screen(self) -> None:
        screen, ended = self._phone.screen, self._phone.ended
        self._can_repeat = True
        room = room_of(screen, self._limit)
        taken = f"{room.size}/{room.limit} {'septets' if room.gsm else 'UCS-2 units'}, {room.left} left"
        self._frame(screen, SERVICE_CODE, taken)
        if ended:
            self._say("the session is over: /dial, /sms TEXT or /quit")
            self._show_letters(wait=True)

    def _show_letters(self, *, wait: bool) -> None:
        for text in self.look(wait=wait):
            unit = "UCS-2 units" if gsm7.septets(text) is None else "septets"
            self._frame(text, "SMS", f"{gsm7.size(text)} {unit}, {gsm7.parts(text)} SMS")

    def _frame(self, text: str, title: str, foot: str) -> None:
        self._out.print(Panel(Text(text), title=title, subtitle=foot, width=WIDTH, title_align="left"))

    def _say(self, words: str) -> None:
        self._out.print(words, style="dim", markup=False)


class LiveTerminal(Terminal):
    """A phone on the line of this installation, to which this process must be bound."""

    def __init__(self, number: str, settings: Settings) -> None:
        self._live = LivePhone(number)
        self._limits = Limits(settings.ussd_limit_for(CHANNEL), settings.ussd_folds_for(CHANNEL))
        super().__init__(self._live, self._limits.size)
        self._seen = max((letter.id for letter in simulate.arrived(number)), default=0)

    def recording(self, about: str) -> str:
        return simulate.replay(self._live, editions.book_in_force(), self._limits).to_yaml(about)

    def look(self, *, wait: bool) -> Sequence[str]:
        came = (simulate.await_letters if wait else simulate.arrived)(self._live.number, self._seen)
        self._seen = max((letter.id for letter in came), default=self._seen)
        return [letter.text for letter in came]


class PureTerminal(Terminal):
    """A phone without a database; `language` is what it has chosen before."""

    def __init__(self, book: Book, language: str | None) -> None:
        limits = Limits()
        self._pure = simulate.new_pure(book, limits, language)
        super().__init__(self._pure, limits.size)
        self._seen = 0

    def recording(self, about: str) -> str:
        return self._pure.to_yaml(about)

    def look(self, *, wait: bool) -> Sequence[str]:
        came = self._pure.inbox[self._seen :]
        self._seen = len(self._pure.inbox)
        return [SmsPolicy().dress(text) for text in came]

    def let_pass(self, seconds: int) -> str:
        simulate.let_pass(self._pure, seconds)
        return f"{seconds} seconds have passed"
