"""The sending side of Twilio: POST /2010-04-01/Accounts/<sid>/Messages.json."""

import json
from base64 import b64encode
from uuid import uuid4

from tests.fakes.server import Answer, FakeProvider, Form, Step, serve

ACCOUNT_SID = "AC" + "0" * 32
AUTH_TOKEN = "twilio-token-for-tests"
_CREDENTIALS = "Basic " + b64encode(f"{ACCOUNT_SID}:{AUTH_TOKEN}".encode()).decode()


class FakeTwilio(FakeProvider):
    """Takes the account and the token above."""

    path = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"

    def succeed(self, form: Form) -> Answer:
        message = {
            "sid": f"SM{uuid4().hex}",
            "account_sid": ACCOUNT_SID,
            "api_version": "2010-04-01",
            "body": form.get("Body"),
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "from": form.get("From"),
            "messaging_service_sid": form.get("MessagingServiceSid"),
            "num_media": "0",
            "num_segments": "1",
            "price": None,
            "price_unit": None,
            "status": "queued",
            "to": form.get("To"),
        }
        return Answer(201, json.dumps(message), accepted=True)

    def refuse_stranger(self, headers: dict[str, str], form: Form) -> Answer | None:
        if headers.get("authorization") == _CREDENTIALS:
            return None
        return self.refuse(20003, 401)(form)

    def answer_id(self, answer: Answer) -> str:
        return str(json.loads(answer.body)["sid"])

    @classmethod
    def refuse(cls, code: int, status: int = 400) -> Step:
        """An error as Twilio words it, the person's number in the middle."""
        return lambda form: cls.say(
            status,
            {
                "code": code,
                "message": f"The 'To' number {form.get('To')} cannot be reached.",
                "more_info": f"https://www.twilio.com/docs/errors/{code}",
                "status": status,
            },
        )(form)


if __name__ == "__main__":
    serve(FakeTwilio)
