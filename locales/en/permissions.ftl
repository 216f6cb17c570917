# Details of 403 `forbidden`: who may do it.

forbidden-scope = This operation requires a token with the scope "{ $scope }".

forbidden-refer-to-project = Only the lead, the sponsors, applications and administrators can do this.
forbidden-offer-transfer = Only the accountable person, the sponsor of that side and their delegate can do this.
forbidden-respond-to-transfer = Only the person to whom the area is offered can do this.
forbidden-arbitrate = Only the arbiter can do this.
forbidden-respond-to-draw = Only the sponsor of a side or their delegate can respond to the draw of an arbiter.
forbidden-compare-departments = Only the heads of the two departments, applications and administrators can do this.
forbidden-read-evidence = Only the sponsors, the heads of the departments, callers with the scope "audit:read" and administrators can do this.
forbidden-hold-project = Only the sponsors can do this, each for their own side.
forbidden-participants = Only the sponsors, the lead and the members can do this.
forbidden-respond-to-approval = Only the sponsors and their delegates can respond for a side. For a silent side, the drawn arbiter can, too. Administrators cannot.
forbidden-escalate-approval = Only the side, or the lead, that requested the approval can escalate it.
forbidden-create-delegation = Only the sponsor of that side can do this.
forbidden-respond-to-invitation = Only the person who was invited can do this.
forbidden-confirm-return = Only the member, the sponsor of that side, their delegate and administrators can do this.
forbidden-link-agent-calendar = Only the agent and administrators can do this.
forbidden-all-projects = Only applications and administrators can do this, because events cover all projects.
forbidden-applications = Only applications can do this. Read your own inbox with GET /v1/me/inbox.
forbidden-write-directory = Only applications and administrators can change the directory.
forbidden-administrators = Only administrators can do this.
forbidden-application-administrator = An application has no administrator rights for this operation, whatever scopes its token has. Ask a person with the scope "admin" to do this.
forbidden-lead-sponsors = Only the lead, the sponsors and administrators can do this.
forbidden-own-side = Only the sponsor of that side and their delegate can do this.
forbidden-end-membership = Only the sponsor of that side, their delegate and administrators can do this.
forbidden-drafters = Only the person who drafted the project (while it is a draft), the lead, the sponsors and administrators can do this.
forbidden-name-sponsor = Only the sponsors, the heads of the departments, administrators and the person who drafted the project (while it is a draft) can do this.
forbidden-respond-to-sponsorship = Only the person who was proposed as the sponsor can do this.
forbidden-confirm-sponsor = Only the head of the department can confirm its sponsor. If the department has no head, an administrator who is not involved in the project can do this.
forbidden-raise-dispute = Only the sponsors can do this.
forbidden-proposed-charter = While the project is proposed, only the sponsors can change the charter.
forbidden-scope-holders = Your token does not have the scope that this operation requires.

forbidden-not-an-agent = You are not an agent. An administrator can add you to the roster.
forbidden-other-agent = The request is assigned to another agent.
forbidden-not-in-queue = You do not work in the queue of this request. An administrator can add you to it.
forbidden-record-calls = Only applications record past calls. Send no body to start a call now.
forbidden-withdraw-approval = Only the side, or the lead, that requested the approval can withdraw it. Another side can reject it and give a reason.
forbidden-other-side-decision = You can raise a decision for your own side only.
forbidden-no-side-today = You do not belong to any side of the project today. Ask the lead or a sponsor to raise the decision.
forbidden-withdraw-decision = Only the side, or the lead, that raised the decision can withdraw it.
forbidden-replace-sponsor = Only the sponsor in office, the head of the department and administrators can replace this sponsor. They also fill a vacant role while the project is running.
forbidden-deactivated = You cannot accept the invitation, because you are deactivated in the directory.
forbidden-other-side-dispute = A sponsor can raise a dispute for their own side only.
forbidden-withdraw-dispute = Only the side that raised the dispute can withdraw it.
