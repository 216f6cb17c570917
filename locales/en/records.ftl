# Texts that the service writes into records of other systems, into calendars and into its own records.

# Records of callback requests in a CRM or ITSM tool
record-title = Call back { $value }
record-promised-between = Call promised between { $from } and { $by }.
record-promised-asap = Call promised as soon as possible, before { $by }.
record-name = Name: { $value }
record-phone = Phone: { $value }
record-email = E-mail: { $value }
record-company = Company: { $value }
record-notes = Notes: { $value }
record-page = Page: { $value }
record-campaign = Campaign: { $value }
record-utm = Campaign parameters: { $value }
record-marketing-consent = Marketing consent: yes
record-agent = Agent: { $value }
record-last-call = Call { $number }: { $outcome }, started at { $at }
record-result = Result: { $state }, promise: { $promise }

# The calendar of an agent
record-calendar = Callbacks
record-call = Call back: { $intent ->
    [technical_support] technical support
   *[sales] sales
}

# The calendar entry of a visitor
record-visitor-call = Call from our expert: { $intent ->
    [technical_support] technical support
   *[sales] sales
}
record-visitor-link = Change or cancel: { $link }

# The reason of a closed day, if the event of an imported calendar has no summary
record-closed-day = Closed
