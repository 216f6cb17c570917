# Blockers of a project by code: what is missing, and how to resolve it.

blocker-sponsor_vacant = This side has no sponsor. Propose one.
blocker-sponsor_not_accepted = The proposed sponsor of this side has not accepted the role yet. Wait for the response, or propose another person.
blocker-sponsor_not_confirmed = The head of the department has not confirmed the sponsor of this side yet. Ask the head to confirm, or propose another person.
blocker-sponsor_not_in_department = The regular position of the sponsor today is not in the department of this side. Propose another person, or correct the directory.
blocker-lead_deactivated = The lead is deactivated. Reactivate the person, or replace the charter with one that names another lead or none.
blocker-arbiter_not_neutral = This person on the panel is deactivated or not neutral. Replace the person in the charter.
blocker-sponsor_same_person = One person is the sponsor of two sides. Assign two different people.
blocker-goal_missing = The charter has no goal. Add a measurable one.
blocker-milestone_missing = The charter has no milestone. Add one.
blocker-dates_out_of_range = A goal or milestone is due outside the dates of the project. Change its due date, or the dates of the project.
blocker-signature_missing = The signature of this side is missing, or it is sealed until all sides have responded. All sides have to approve the charter.
blocker-signature_stale = This side signed an older version of the charter, or its signing sponsor was replaced. Its sponsor has to approve it again.
blocker-side_empty = No member of this side who counts for parity has accepted an invitation yet. Invite a member, or wait for a response.
blocker-parity_breached = The sizes of the sides differ by more than the charter allows. Invite or release members.
blocker-home_position_missing = This member has no regular position to return to. Add one to the directory.
blocker-ownership_gap = On some days of the project, no one is accountable for this area. Assign an owner.
blocker-owner_not_active_member = A person who is accountable for this area has not accepted a membership. Wait for the response, or assign another owner.
blocker-side_mismatch = A person who is accountable for this area works for a side that does not own it according to the charter. Assign another owner.
