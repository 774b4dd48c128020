"""Does what dispatcher and workers do, in this process and without Redis, until nothing is due."""

from feedback_gateway import jobs, outbox, schedule, work


def work_off(most_rounds: int = 20) -> int:
    """Runs every due duty, those that they bring forth, and what clocks and digests ask for; returns how many ran."""
    done = 0
    for _ in range(most_rounds):
        with work.unit_of_work() as db:
            due = outbox.ring_due(db)
        if not due and not schedule.follow_cases() + schedule.send_digests():
            return done
        for row_id, _, _ in due:
            jobs.run(row_id)
            done += 1
    raise AssertionError("the outbox does not come to rest")
