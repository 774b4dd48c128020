"""Named actors. Alice is a focal point of the water agency, Bob her colleague, Charlie a focal point of another
agency, Dora may read sealed cases, Marc manages every agency, Tina sorts what no machine could, Ada administers,
Oscar calls people back for the hotline, Mona manages the water agency."""

from sqlalchemy import select

from feedback_gateway import work
from feedback_gateway.accounts import hash_password
from feedback_gateway.lib import clock
from models import Agency, SealedReader, User
from models.words import Role

PASSWORD = "a long enough password"
_hashed = hash_password(PASSWORD)

ACTORS = {
    "alice": (Role.FOCAL_POINT, "EHA", False),
    "bob": (Role.FOCAL_POINT, "EHA", False),
    "charlie": (Role.FOCAL_POINT, "VIVRES", False),
    "dora": (Role.FOCAL_POINT, "PROTEC", True),
    "marc": (Role.MANAGER, None, False),
    "tina": (Role.MANAGER, None, True),
    "mona": (Role.MANAGER, "EHA", False),
    "ada": (Role.ADMINISTRATOR, None, False),
    "oscar": (Role.OPERATOR, None, False),
}


def make(name: str) -> User:
    """Stores the actor of this name (once a test) and returns the user."""
    role, agency_code, restricted = ACTORS[name]
    with work.unit_of_work() as db:
        known = db.scalar(select(User).where(User.login == name))
        if known is not None:
            return known
        agency = db.scalar(select(Agency).where(Agency.code == agency_code)) if agency_code else None
        user = User(
            login=name,
            name=name.title(),
            email=f"{name}@example.org",
            password_hash=_hashed,
            role=role,
            agency_id=agency.id if agency else None,
            may_read_restricted=restricted,
            created_at=clock.now(),
        )
        db.add(user)
        db.flush()
        if name == "dora":
            db.add(SealedReader(user_id=user.id, category_code="*"))
        return user
