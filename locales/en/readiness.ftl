# Blockers of a project by code: what is missing, and how to resolve it.

blocker-sponsor_vacant = This side has no sponsor. Assign one.
blocker-sponsor_same_person = One person is the sponsor of two sides. Assign two different people.
blocker-goal_missing = The charter has no goal. Add a measurable one.
blocker-milestone_missing = The charter has no milestone. Add one.
blocker-dates_out_of_range = A goal or milestone is due outside the dates of the project. Change its due date, or the dates of the project.
blocker-signature_missing = This side has not signed the charter yet. Its sponsor has to approve it.
blocker-signature_stale = This side signed an older version of the charter, or its signing sponsor was replaced. Its sponsor has to approve it again.
blocker-side_empty = No member of this side who counts for parity has accepted an invitation yet. Invite a member, or wait for a response.
blocker-parity_breached = The sizes of the sides differ by more than the charter allows. Invite or release members.
blocker-home_position_missing = This member has no regular position to return to. Add one to the directory.
blocker-ownership_gap = On some days of the project, no one is accountable for this area. Assign an owner.
blocker-owner_not_active_member = A person who is accountable for this area has not accepted a membership. Wait for the response, or assign another owner.
blocker-side_mismatch = A person who is accountable for this area works for a side that does not own it according to the charter. Assign another owner.
