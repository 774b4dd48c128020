"""Does what dispatcher and workers do, in this process and without Redis, until nothing is due."""

from feedback_gateway import jobs, outbox, work


def work_off(most_rounds: int = 20) -> int:
    """Runs every due duty, and those that they bring forth; returns how many ran."""
    done = 0
    for _ in range(most_rounds):
        with work.unit_of_work() as db:
            due = outbox.ring_due(db)
        if not due:
            return done
        for row_id, _, _ in due:
            jobs.run(row_id)
            done += 1
    raise AssertionError("the outbox does not come to rest")
