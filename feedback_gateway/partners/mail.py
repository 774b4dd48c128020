"""Letters to focal points: printed (the default) or sent by SMTP. Called outside any transaction."""

import smtplib
import sys
from dataclasses import dataclass
from email.message import EmailMessage

from feedback_gateway.settings import Mail

TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Letter:
    """One e-mail. It never holds anything of what a person said."""

    to: str
    subject: str
    body: str


def post(mail: Mail, letters: list[Letter]) -> None:
    """Sends the letters. Raises OSError or smtplib.SMTPException when the server does not take them."""
    if mail.backend == "console":
        for letter in letters:
            sys.stdout.write(f"mail to {letter.to}: {letter.subject} | {' '.join(letter.body.split())}\n")
        sys.stdout.flush()
        return
    with smtplib.SMTP(mail.host, mail.port, timeout=TIMEOUT_SECONDS) as server:
        if server.has_extn("starttls"):
            server.starttls()
        if mail.user:
            server.login(mail.user, mail.password)
        for letter in letters:
            message = EmailMessage()
            message["From"], message["To"], message["Subject"] = mail.sender, letter.to, letter.subject
            message.set_content(letter.body)
            server.send_message(message)
