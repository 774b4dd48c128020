"""The sending side of Africa's Talking, as captured from its sandbox and production."""

import json
from uuid import uuid4

from tests.fakes.server import Answer, FakeProvider, Form, Step, serve

API_KEY = "at-key-for-tests"


def recipient(form: Form, code: int, status: str, message_id: str = "None") -> str:
    """The JSON answer to a send to one phone."""
    sent = 1 if code in {100, 101, 102} else 0
    summary = f"Sent to {sent}/1 Total Cost: {'USD 0.0079 Message parts: 1' if sent else '0'}"
    line = {"statusCode": code, "number": form["to"], "status": status, "cost": "KES 0.8000", "messageId": message_id}
    return json.dumps({"SMSMessageData": {"Message": summary, "Recipients": [line]}})


class FakeAfricasTalking(FakeProvider):
    """Takes `apiKey: at-key-for-tests`."""

    path = "/version1/messaging"

    def succeed(self, form: Form) -> Answer:
        return Answer(201, recipient(form, 102, "Success", f"ATXid_{uuid4().hex}"), accepted=True)

    def refuse_stranger(self, headers: dict[str, str], form: Form) -> Answer | None:
        if headers.get("apikey") == API_KEY:
            return None
        return Answer(401, "The supplied authentication is invalid", "text/plain")

    def answer_id(self, answer: Answer) -> str:
        return str(json.loads(answer.body)["SMSMessageData"]["Recipients"][0]["messageId"])

    def succeed_with_charset(self, form: Form) -> Answer:
        """The same answer under the content type that makes the SDK return a str."""
        answer = self.succeed(form)
        return Answer(answer.status, answer.body, "application/json; charset=utf-8", accepted=True)

    @staticmethod
    def refuse(code: int, status: str) -> Step:
        """A 201 that says no for this phone."""
        return lambda form: Answer(201, recipient(form, code, status))

    @classmethod
    def refuse_all(cls, word: str) -> Step:
        """A 201 without any recipient, as for a bad sender id."""
        return cls.say(201, {"SMSMessageData": {"Message": word, "Recipients": []}})


if __name__ == "__main__":
    serve(FakeAfricasTalking)
