//! ⑤ 医疗: an infusion that went wrong. Private talks, signed and sealed; the court is asked to confirm.

use domain::minutes::EntryKind as E;
use domain::{DisputeKind, Outcome, SeatRole, Side, Source};

use super::organization;
use crate::demo::story::{Guest, Someone, Step, Story, said};

pub(super) const STORY: Story = Story {
    office: "云岭医",
    receiver: "dingwei",
    mediator: "dingwei",
    title: "吴桂兰与云岭县第二人民医院医疗损害纠纷",
    kind: DisputeKind::Medical,
    source: Source::PartyApplication,
    facts: "患者吴桂兰{-52}在云岭县第二人民医院输液时药液外渗，手背皮肤损伤，换药14日。家属索赔30000元。吴桂兰之女郑敏持特别授权委托书\
            代理；医院由医务科许衡代理。双方均不公开调解，未就同一争议向法院起诉或向卫生主管部门申请调解。",
    requests: "赔偿医疗、护理、营养等费用30000元，并负责后续复诊。",
    place: "云岭县第二人民医院",
    days_ago: 34,
    parties: &[
        Someone {
            side: Side::Applicant,
            name: "吴桂兰",
            phone: "00013800061",
            id_number: "990000195506300061",
            address: "东关镇教师新村2栋",
            is_organization: false,
            representative: "郑敏（女儿，特别授权）",
        },
        organization(
            Side::Respondent,
            "云岭县第二人民医院",
            "00013800062",
            "云岭县健康路6号",
            "许衡（医务科）",
        ),
    ],
    then: &[
        (1, "10:00", Step::Consents { e_signature: true, recording: false }),
        (1, "14:00", Step::Accept),
        (1, "14:10", Step::Assign),
        (
            6,
            "09:00",
            Step::Note {
                kind: "power_checked",
                by: "丁蔚",
                words: "核对授权委托书：郑敏代为承认、变更、放弃请求，进行和解；许衡代表医院签署",
            },
        ),
        (
            9,
            "14:00",
            Step::Sat {
                room: "线上调解室",
                minutes: 96,
                outcome: Outcome::Adjourned,
                guests: &[
                    Guest {
                        role: SeatRole::Counsellor,
                        side: Side::Neutral,
                        name: "叶清",
                        username: Some("yeqing"),
                    },
                    Guest {
                        role: SeatRole::Lawyer,
                        side: Side::Neutral,
                        name: "许明达",
                        username: Some("xumingda"),
                    },
                ],
                said: &[
                    said(
                        E::Procedure,
                        "丁蔚",
                        "核对身份与授权，宣读权利义务；双方均要求不公开进行，不录音录像。",
                    ),
                    said(E::Statement, "郑敏", "我妈手背到现在还疼，你们当时拔针拖了二十分钟。"),
                    said(E::Statement, "许衡", "医院对外渗处置不够及时表示歉意，愿意协商补偿。"),
                    said(E::UndisputedFact, "双方", "输液外渗致手背皮肤损伤，换药14日，目前创面基本愈合。"),
                    said(
                        E::Procedure,
                        "丁蔚",
                        "背靠背两次，内容不记录；心理咨询师安抚，律师说明赔偿项目。择日续调。",
                    ),
                ],
            },
        ),
        (
            16,
            "14:00",
            Step::Sat {
                room: "线上调解室",
                minutes: 58,
                outcome: Outcome::Agreed,
                guests: &[Guest {
                    role: SeatRole::Lawyer,
                    side: Side::Neutral,
                    name: "许明达",
                    username: Some("xumingda"),
                }],
                said: &[
                    said(E::Procedure, "丁蔚", "继续调解，核对身份。"),
                    said(E::Concession, "许衡", "医院同意一次性补偿12600元，并免费复诊三次。"),
                    said(E::Statement, "郑敏", "同意，就按这个来，希望以后处置快一点。"),
                ],
            },
        ),
        (
            16,
            "14:59",
            Step::Draft {
                clauses: &[
                    "云岭县第二人民医院一次性补偿吴桂兰12600元（医疗4300元、护理2100元、营养1200元、交通400元、其他4600元）。",
                    "医院于{+12}前将上述款项转入吴桂兰账户。",
                    "医院免费提供三次创面复诊。",
                    "双方对本协议内容对外保密。",
                    "协议生效后30日内，双方共同向云岭县人民法院申请司法确认。",
                ],
                all_agree: true,
            },
        ),
        (16, "15:12", Step::Signed),
        (21, "10:00", Step::AskConfirmation),
    ],
};
