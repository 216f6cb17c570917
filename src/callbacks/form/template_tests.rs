use std::collections::BTreeSet;

use super::*;
use crate::callbacks::queues::PhoneRegion;

/// The topics for which there are public queues.
fn topics(intents: &[CallbackIntent]) -> Vec<Topic> {
    intents.iter().map(|intent| Topic { intent: *intent, region: PhoneRegion::CZ }).collect()
}

/// Settings with all optional parts, in every language.
fn everything() -> FormContent {
    let texts = Lang::all().iter().map(|lang| FormTexts {
        locale: *lang,
        heading_sales: Some("<script>alert(1)</script>".to_owned()),
        heading_support: Some("\"}{{words}}".to_owned()),
        lead: Some("{{words}} & more".to_owned()),
        notes_hint: None,
        submit: Some("Send 'it'".to_owned()),
        marketing_consent: Some("Yes, <b>all</b>\nnews".to_owned()),
    });
    FormContent {
        company_name: Some("\"><img src=x onerror=alert(1)>".to_owned()),
        accent_color: "#7a1f5c".parse().ok(),
        email_field: FieldRule::Optional,
        company_field: FieldRule::Required,
        thank_you_url: Some("https://www.example.com/?a=\"b'".to_owned()),
        texts: texts.collect(),
        ..FormContent::default()
    }
}

#[test]
fn no_placeholder_is_left_over() {
    let settings = FormSettings { proof_of_work: true, ..FormSettings::default() };
    for page in [&*FORM, &*MANAGE] {
        for lang in Lang::all() {
            let html = page.render(*lang, &settings, &FormContent::default(), &topics(CallbackIntent::ALL));
            assert!(!html.contains("{{") && !html.contains("}}") && !html.contains("<!--"), "{html}");
        }
    }
}

#[test]
fn every_text_is_used_and_every_used_text_exists() {
    let known = |prefix: &str| -> BTreeSet<String> {
        let lines = include_str!("../../../locales/en/form.ftl").lines();
        let keys = lines.filter_map(|line| line.strip_prefix(prefix)?.split(' ').next().map(str::to_owned));
        keys.collect()
    };
    let pages = [FORM_PAGE, MANAGE_PAGE, WHEN, SWITCH].concat();
    let placeholders = pages.split("{{").skip(1).map(|rest| rest.split("}}").next().unwrap().to_owned());
    // The company can replace these.
    let standard = ["lead", "notes_hint", "submit"];
    let mut used: BTreeSet<_> = placeholders
        .filter(|key| key != "lang" && (!DYNAMIC.contains(&key.as_str()) || standard.contains(&key.as_str())))
        .collect();
    used.extend(["language_name", "frame_title", "email", "company", "closed"].map(str::to_owned));
    assert_eq!(used, known("form-"));

    let scripts =
        [include_str!("assets/form.js"), include_str!("assets/manage.js"), include_str!("assets/shared.js")].concat();
    let said: BTreeSet<_> =
        scripts.split("say(\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
    assert_eq!(said, SCRIPT_KEYS.iter().map(|key| (*key).to_owned()).collect());
    assert_eq!(said, known("script-"));
}

#[test]
fn own_texts_are_shown_as_text() {
    let html = FORM.render(Lang::EN, &FormSettings::default(), &everything(), &topics(CallbackIntent::ALL));
    for shown in [
        "<h1 id=\"heading\">&lt;script&gt;alert(1)&lt;/script&gt;</h1>",
        "<p class=\"lead\">{{words}} &amp; more</p>",
        "<p class=\"brand\">&quot;&gt;&lt;img src=x onerror=alert(1)&gt;</p>",
        "<label for=\"marketing\">Yes, &lt;b&gt;all&lt;/b&gt;\nnews</label>",
        "data-thank-you=\"https://www.example.com/?a=&quot;b&#39;\"",
        "Send &#39;it&#39;</button>",
        "href=\"callback/colors.css\"",
        "<div class=\"pair\"><div>",
        "autocomplete=\"organization\" aria-describedby=\"company-error\" required>",
    ] {
        assert!(html.contains(shown), "no {shown} in {html}");
    }
    for raw in ["<script>", "<img", "<b>"] {
        assert!(!html.contains(raw), "{raw}");
    }
    let manage = MANAGE.render(Lang::EN, &FormSettings::default(), &everything(), &topics(CallbackIntent::ALL));
    assert!(manage.contains("href=\"colors.css\"") && !manage.contains("<img"), "{manage}");
}

#[test]
fn a_form_with_one_topic_has_no_switch() {
    let render = |intents: &[CallbackIntent]| {
        FORM.render(Lang::EN, &FormSettings::default(), &FormContent::default(), &topics(intents))
    };
    assert!(render(&[CallbackIntent::Sales, CallbackIntent::TechnicalSupport]).contains("role=\"switch\""));
    let support = render(&[CallbackIntent::TechnicalSupport]);
    assert!(!support.contains("role=\"switch\"") && support.contains("<h1 id=\"heading\">Talk to a technical support"));
    for part in ["id=\"email\"", "id=\"company\"", "id=\"marketing\"", "class=\"brand\"", "colors.css"] {
        assert!(!support.contains(part), "{part}");
    }
}

#[test]
fn a_form_shows_the_calling_code_of_each_topic() {
    let mut topics = topics(CallbackIntent::ALL);
    topics[1].region = "DE".parse().unwrap();
    let form = FORM.render(Lang::EN, &FormSettings::default(), &FormContent::default(), &topics);
    for part in ["data-intents=\"sales technical_support\" data-countries=\"+420 +49\"", ">+420</span>"] {
        assert!(form.contains(part), "no {part}");
    }
}

#[test]
fn a_form_without_topics_says_so() {
    let form = FORM.render(Lang::EN, &FormSettings::default(), &FormContent::default(), &[]);
    for part in ["<p class=\"problem\">Sorry, you cannot", "aria-labelledby=\"heading\" hidden>", "data-intents=\"\""] {
        assert!(form.contains(part), "no {part}");
    }
}

#[test]
fn values_are_escaped_and_unknown_keys_stay() {
    let filled = fill("<b title=\"{{a}}\">{{b}} {{ {{a}}{{c}}", |key| match key {
        "a" => Some(Filling::Text("<\"&'>{{b}}".to_owned())),
        "c" => Some(Filling::Markup("<i>{{a}}</i>".to_owned())),
        _ => None,
    });
    let escaped = "&lt;&quot;&amp;&#39;&gt;{{b}}";
    assert_eq!(filled, format!("<b title=\"{escaped}\">{{{{b}}}} {{{{ {escaped}<i>{{{{a}}}}</i>"));
}

#[test]
fn words_of_one_letter_stay_with_the_next_word() {
    assert_eq!(tie("Jsem s vámi, a v úterý i ve středu."), "Jsem s\u{a0}vámi, a\u{a0}v\u{a0}úterý i\u{a0}ve středu.");
    assert_eq!(tie("Dnes ano a"), "Dnes ano a");
}
