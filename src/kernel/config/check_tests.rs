use super::*;
use crate::kernel::config::ForwardedHeader;

#[test]
fn every_invalid_setting_is_reported() {
    let raw = Raw {
        listen: "8080".into(),
        database_url: Some("mysql://x".into()),
        webhooks_allowed_ports: "x".into(),
        default_locale: "tlh".into(),
        ..Raw::default()
    };
    let message = checked(raw).unwrap_err();
    for setting in
        ["ENTENTE_LISTEN", "ENTENTE_DATABASE_URL", "ENTENTE_WEBHOOKS_ALLOWED_PORTS", "ENTENTE_DEFAULT_LOCALE"]
    {
        assert!(message.contains(setting), "{message}");
    }
}

#[test]
fn limits_of_requests_and_connections_are_on_by_default() {
    let settings = checked(Raw::default()).unwrap();
    assert_eq!(settings.rate_limits, RateLimitSettings { requests: 6_000, writes: 1_200, expensive: 60 });
    assert_eq!(settings.connections.max, 10_000);
    let raw = Raw { http_max_connections: 0, http_backlog: 0, http_keep_alive_seconds: 0, ..Raw::default() };
    let message = checked(raw).unwrap_err();
    for setting in ["HTTP_MAX_CONNECTIONS", "HTTP_BACKLOG", "HTTP_KEEP_ALIVE_SECONDS"] {
        assert!(message.contains(setting), "{message}");
    }
}

#[test]
fn only_one_header_of_proxies_is_read() {
    let header = |text: &str| Settings::from_toml(text).map(|settings| settings.forwarded_header);
    assert_eq!(header(""), Ok(ForwardedHeader::XForwardedFor));
    assert_eq!(header("forwarded_header = 'x-forwarded-for'"), Ok(ForwardedHeader::XForwardedFor));
    assert_eq!(header("forwarded_header = 'forwarded'"), Ok(ForwardedHeader::Forwarded));
    assert!(header("forwarded_header = 'both'").is_err());
}

#[test]
fn host_names_are_exact_and_in_the_form_of_urls() {
    let of = |hosts: &str| checked(Raw { webhooks_allowed_hosts: List::from(hosts), ..Raw::default() });
    let settings = of("crm, CRM.Corp.Internal,b\u{fc}ro.internal").unwrap();
    assert_eq!(settings.egress.allowed_hosts, ["crm", "crm.corp.internal", "xn--bro-hoa.internal"]);
    for wrong in ["*.internal", "crm.", "https://crm", "crm:8443", "10.0.0.1", "0x7f.1", "[::1]", "a b", "u@crm"] {
        let message = of(&format!("crm,{wrong}")).unwrap_err();
        assert!(message.contains("ENTENTE_WEBHOOKS_ALLOWED_HOSTS") && message.contains(wrong), "{message}");
    }
}

#[test]
fn production_works_with_api_keys_only() {
    let raw = in_production(&[&Vault::fresh_key(&crate::kernel::environment::Environment::system())]);
    assert!(checked(raw).is_ok_and(|settings| settings.auth.issuers.is_empty()));
}

#[test]
fn production_rejects_a_shared_secret() {
    let raw = Raw { environment: Deployment::Production, jwt_secret: Some("x".repeat(40).into()), ..Raw::default() };
    assert!(checked(raw).unwrap_err().contains("ENTENTE_JWT_SECRET: not allowed in production"));
    let raw = Raw { jwt_secret_file: Some("x".into()), ..in_production(&[]) };
    assert!(checked(raw).unwrap_err().contains("ENTENTE_JWT_SECRET_FILE: not allowed in production"));
}

#[test]
fn production_refuses_wide_networks_and_metadata_services() {
    let key = Vault::fresh_key(&crate::kernel::environment::Environment::system());
    for (wrong, right) in [("0.0.0.0/0", "10.0.0.0/8"), ("169.254.0.0/16", "169.254.169.254/32")] {
        for (of_webhooks, of_keys) in [(wrong, right), (right, wrong)] {
            let raw = |environment| Raw {
                environment,
                webhooks_allowed_networks: of_webhooks.into(),
                jwt_allowed_networks: of_keys.into(),
                ..in_production(&[&key])
            };
            let message = checked(raw(Deployment::Production)).unwrap_err();
            assert_eq!(message.contains("ENTENTE_WEBHOOKS_ALLOWED_NETWORKS"), of_webhooks == wrong, "{message}");
            assert_eq!(message.contains("ENTENTE_JWT_ALLOWED_NETWORKS"), of_keys == wrong, "{message}");
            assert!(checked(raw(Deployment::Development)).is_ok());
        }
    }
}

#[test]
fn production_needs_encryption_keys_and_rejects_plain_http() {
    let raw = Raw { environment: Deployment::Production, webhooks_allow_http: true, ..Raw::default() };
    let message = checked(raw).unwrap_err();
    for setting in ["ENTENTE_ENCRYPTION_KEYS", "ENTENTE_WEBHOOKS_ALLOW_HTTP"] {
        assert!(message.contains(setting), "{message}");
    }
}

fn in_production(keys: &[&str]) -> Raw {
    let encryption_keys = List::from(keys.join(",").as_str()).into();
    Raw { environment: Deployment::Production, encryption_keys, ..Raw::default() }
}

#[test]
fn production_requires_a_proof_of_work_with_keys_that_are_the_same_for_all_replicas() {
    let [old, new] = [(); 2].map(|()| Vault::fresh_key(&crate::kernel::environment::Environment::system()));
    let work = |raw| checked(raw).unwrap().intake.proof_of_work;
    let keys = |raw: Raw| -> Vec<String> {
        work(raw).unwrap().keys.iter().map(|key| key.expose_secret().to_owned()).collect()
    };
    assert_eq!(work(in_production(&[old.as_str()])).unwrap().max_number, PRODUCTION_PROOF_OF_WORK);
    let (one, both) = (keys(in_production(&[old.as_str()])), keys(in_production(&[new.as_str(), old.as_str()])));
    assert!(one.len() == 1 && both.len() == 2 && both[1] == one[0] && both[0] != one[0]);
    assert!(!old.contains(&one[0]) && !one[0].contains(&old));
    assert!(work(Raw { callbacks_proof_of_work: Some(0), ..in_production(&[old.as_str()]) }).is_none());
    assert!(work(Raw::default()).is_none());
    // A number from before version 2 of the protocol would keep a browser busy for minutes.
    let too_much = Raw { callbacks_proof_of_work: Some(50_000), ..in_production(&[old.as_str()]) };
    assert!(checked(too_much).unwrap_err().contains("ENTENTE_CALLBACKS_PROOF_OF_WORK: expected"));
    let without_key = Raw { callbacks_proof_of_work: Some(500), ..Raw::default() };
    assert!(checked(without_key).unwrap_err().contains("ENTENTE_CALLBACKS_PROOF_OF_WORK_KEY"));
}

#[test]
fn the_admin_address_is_optional_and_differs_from_the_public_one() {
    let of = |admin_listen: &str| checked(Raw { admin_listen: admin_listen.into(), ..Raw::default() });
    assert_eq!(of("").unwrap().admin_listen, None);
    assert_eq!(of("127.0.0.1:9090").unwrap().admin_listen, Some(([127, 0, 0, 1], 9090).into()));
    for wrong in ["9090", "localhost:9090", "127.0.0.1:8080"] {
        assert!(of(wrong).unwrap_err().contains("ENTENTE_ADMIN_LISTEN"), "{wrong}");
    }
}

#[test]
fn production_drains_by_default() {
    let drain = |raw| checked(raw).map(|settings| settings.drain.as_secs());
    let key = Vault::fresh_key(&crate::kernel::environment::Environment::system());
    assert_eq!(drain(Raw::default()), Ok(0));
    assert_eq!(drain(in_production(&[key.as_str()])), Ok(PRODUCTION_DRAIN_SECONDS));
    assert_eq!(drain(Raw { drain_seconds: Some(20), ..Raw::default() }), Ok(20));
    let too_long = Raw { drain_seconds: Some(21), ..Raw::default() };
    assert!(drain(too_long).unwrap_err().contains("ENTENTE_DRAIN_SECONDS"));
}

#[test]
fn limits_per_network_are_on_by_default() {
    let limits = |raw| checked(raw).map(|settings| settings.intake.network);
    assert_eq!(limits(Raw::default()), Ok(NetworkLimits { open: 5, day_share_percent: 33 }));
    let off = Raw { callbacks_open_per_network: 0, callbacks_day_share_percent: 100, ..Raw::default() };
    assert_eq!(limits(off), Ok(NetworkLimits::default()));
    for wrong in [0, 101] {
        let raw = Raw { callbacks_day_share_percent: wrong, ..Raw::default() };
        assert!(limits(raw).unwrap_err().contains("ENTENTE_CALLBACKS_DAY_SHARE_PERCENT"));
    }
}
