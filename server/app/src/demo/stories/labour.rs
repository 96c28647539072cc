//! ② 劳资: eleven carpenters and their wages. The first sitting broke off; the second can be walked into now.

use domain::minutes::EntryKind as E;
use domain::{DisputeKind, Outcome, SeatRole, Side, Source};

use super::{organization, person};
use crate::demo::story::{Guest, Step, Story, said};

pub(super) const STORY: Story = Story {
    office: "东关",
    receiver: "baixue",
    mediator: "mahuimin",
    title: "周海明等11名木工与云岭宏筑劳务有限公司工资纠纷",
    kind: DisputeKind::Labour,
    source: Source::PartyApplication,
    facts: "周海明、罗成等11名木工于{m-14}至{m-11}在东关镇安置房工地做工，由云岭宏筑劳务有限公司招用、记工。公司尚欠四个月工资合计\
            86400元，有考勤表和公司现场负责人签字的结算单为证。公司称总包未拨款。11人推举周海明、罗成为代表参加调解，逐人工资表作为附件。",
    requests: "支付11人{m-14}至{m-11}工资合计86400元，逐人足额发放。",
    place: "东关镇安置房工地",
    days_ago: 11,
    parties: &[
        person(Side::Applicant, "周海明", "00013800031", "990000198205110031", "东关镇北街57号"),
        person(Side::Applicant, "罗成", "00013800032", "990000198809230032", "东关镇河沿村一组"),
        organization(Side::Respondent, "云岭宏筑劳务有限公司", "00013800033", "云岭县城南工业路18号", "唐立"),
    ],
    then: &[
        (
            0,
            "15:10",
            Step::Note {
                kind: "representatives_chosen",
                by: "白雪",
                words: "11人推举周海明、罗成为代表，推举书已收；逐人工资表（11人、86400元）作为附件",
            },
        ),
        (1, "09:00", Step::Consents { e_signature: true, recording: true }),
        (1, "10:30", Step::Accept),
        (1, "10:45", Step::Assign),
        (
            6,
            "14:30",
            Step::Sat {
                room: "东关镇调解室1",
                minutes: 41,
                outcome: Outcome::Adjourned,
                guests: &[Guest {
                    role: SeatRole::Clerk,
                    side: Side::Neutral,
                    name: "白雪",
                    username: Some("baixue"),
                }],
                said: &[
                    said(
                        E::Procedure,
                        "马会民",
                        "核对身份，宣读权利义务：自愿、免费、可随时终止；劳动争议自收到申请之日起15日内未达成协议的，可以申请劳动仲裁。双方表示听清。",
                    ),
                    said(E::Statement, "周海明", "我们11个人干了四个月，工钱一分没见着，过年都是借的钱。"),
                    said(E::UndisputedFact, "双方", "双方对欠付工资总额86400元及逐人工资表没有异议。"),
                    said(E::Statement, "唐立", "钱我们认，总包的进度款下个月到账，一次拿不出来，想分两期。"),
                    said(E::Concession, "罗成", "分两期可以商量，但要写清楚日子，逾期怎么办也要写。"),
                    said(E::Procedure, "马会民", "唐立一方网络中断，十分钟内未能恢复，经双方同意择日续开。"),
                ],
            },
        ),
        (
            6,
            "15:40",
            Step::Draft {
                clauses: &[
                    "云岭宏筑劳务有限公司于{+12}前、{+42}前各支付43200元，合计86400元，按附件逐人工资表直接汇入11人各自银行账户。",
                    "任一期逾期支付的，未付部分一并到期，申请人可依法向人民法院申请支付令。",
                    "双方自协议生效之日起30日内共同向云岭县人民法院申请司法确认。",
                ],
                all_agree: false,
            },
        ),
        (
            11,
            "",
            Step::SitsNow {
                room: "东关镇调解室1",
                guests: &[Guest {
                    role: SeatRole::Clerk,
                    side: Side::Neutral,
                    name: "白雪",
                    username: Some("baixue"),
                }],
            },
        ),
    ],
};
