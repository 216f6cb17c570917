# Details of 403 `forbidden`: who may do it.

forbidden-scope = This operation requires a token with the scope "{ $scope }".

forbidden-refer-to-project = Only the lead, the sponsors, applications and administrators can do this.
forbidden-offer-transfer = Only the accountable person, the lead, the sponsor of that side and administrators can do this.
forbidden-respond-to-transfer = Only the person to whom the area is offered can do this.
forbidden-arbitrate = Only the person who was named to decide can do this.
forbidden-lead-own-sponsor = Only the lead, the sponsor of that side and administrators can do this.
forbidden-sponsors = Only the sponsors and administrators can do this.
forbidden-participants = Only the sponsors, the lead, the members and administrators can do this.
forbidden-respond-to-approval = Only the sponsors and their delegates can respond for a side; administrators cannot.
forbidden-create-delegation = Only the sponsor of that side can do this.
forbidden-respond-to-invitation = Only the person who was invited can do this.
forbidden-confirm-return = Only the member, the lead, the sponsor of that side and administrators can do this.
forbidden-link-agent-calendar = Only the agent and administrators can do this.
forbidden-all-projects = Only applications and administrators can do this, because events cover all projects.
forbidden-write-directory = Only applications and administrators can change the directory.
forbidden-administrators = Only administrators can do this.
forbidden-lead-sponsors = Only the lead, the sponsors and administrators can do this.
forbidden-scope-holders = Your token does not have the scope that this operation requires.

forbidden-not-an-agent = You are not an agent. An administrator can add you to the roster.
forbidden-other-agent = The request is assigned to another agent.
forbidden-withdraw-approval = Only the person who requested the approval, the lead or an administrator can withdraw it. Another side can reject it and give a reason.
forbidden-other-side-decision = You can raise a decision for your own side only.
forbidden-no-side-today = You do not belong to any side of the project today. Ask the lead or a sponsor to raise the decision.
forbidden-withdraw-decision = Only the side that raised the decision, the lead or an administrator can withdraw it.
forbidden-replace-sponsor = Only the current sponsor or an administrator can replace a sponsor. Only an administrator can fill a vacant role while the project is running.
forbidden-deactivated = You cannot accept the invitation, because you are deactivated in the directory.
forbidden-other-side-dispute = A sponsor can raise a dispute for their own side only.
forbidden-withdraw-dispute = Only the sponsor of the side that raised the dispute or an administrator can withdraw it.
