// The widget's own words in its three languages, and how a place, a time and a span are said.

const WORDS = {
  "zh-Hans": {
    title: "税问", subtitle: "智能税费助手", open: "打开税问，咨询税费问题", close: "关闭", more: "更多", language: "语言",
    question: "您的问题", placeholder: "输入税费问题，或回复“人工”", send: "发送", attach: "上传文件", speak: "语音输入",
    listening: "正在听，请说话……", unheard: "没有听清，请再说一次或直接输入。", large: "大字", aloud: "自动朗读答复", readAloud: "朗读",
    stopReading: "停止朗读", copy: "复制对话", copied: "对话已复制。", print: "打印或存为PDF", save: "保存为网页", end: "评价本次服务",
    blocked: "浏览器拦下了新窗口，请允许弹出窗口后再打印，或使用“保存为网页”。", morning: "早上好", noon: "中午好", afternoon: "下午好",
    evening: "晚上好", hello: "我是税问，请直接说您想问的税费问题。答复注明依据和适用期间，没有把握时转人工。", hot: "大家在问",
    onDuty: "工作人员在线，回复“人工”即可转接。", offDuty: "现在没有工作人员在线，智能助手随时可用，也可以留言。", opens: (when) => `人工服务时间从${when}开始。`, notices: "公告",
    log: "对话记录", customer: "您", assistant: "税问", agent: "工作人员", notice: "通知", sending: "正在发送", sent: "已发送",
    seen: "已看到", refused: "没有发出", retry: "重发", drop: "删除", lost: "连接中断，正在重新连接；消息会在恢复后发出。",
    back: "已重新连接。", busy: (seconds) => `消息太多，${seconds}秒后自动继续发送。`, typing: (who) => `${who}正在输入……`,
    queued: (place, minutes) => `排队中，您前面还有${place - 1}位${minutes ? `，大约还要${minutes}分钟` : ""}。`, withAgent: "人工服务中",
    newSession: "之前的会话已经不在，已开始新的会话。", newMessages: "新消息", conditions: "条件", how: "怎么办", materials: "材料",
    where: "在哪办", how_long: "时限", note: "提示", basis: "依据", background: "历史依据", original: "查看原文", clause: "条款", calendar: "全年申报日历",
    inForce: (from, to) => (to ? `${from}至${to}有效` : `${from}起有效`), asOf: (day) => `按${day}的规定`, period: (span) => `适用期间：${span}`,
    standing: { in_force: "现行有效", past: "当时的规定", not_yet: "尚未施行", expired: "已到期，后续规定未收录" },
    steps: "计算步骤", step: "项目", formula: "算式", value: "结果", deadlines: "申报期限", duty: "申报什么", due: "截止日", remark: "说明", noDay: "见说明", opensOn: (day) => `${day}起可以申报`, assumptions: "按以下情况计算", verdicts: "逐项判断", missing: "还需要知道", allWords: "全文",
    verdict: { entitled: "符合", not_entitled: "不符合", undecided: "尚不能判断", not_in_force: "没有已知规定" },
    fillIn: "填写", unit: "元", month: "月", year: "年", submit: "确定", cancel: "取消", leave: "留言", withdraw: "取消排队", absent: "现在没有工作人员在线，可以留言。",
    leaveTitle: "留言，由工作人员联系您", leaveText: "要问的事", leaveContact: "手机号或邮箱", leaveSend: "提交留言", contactNeeded: "请填写手机号、座机号或邮箱，工作人员才能联系您。", file: "文件", download: "下载", sendingFile: (name) => `正在上传 ${name}`,
    wrongType: "不能上传这种文件。可以上传图片、PDF、OFD、Word和Excel。", tooLarge: (size) => `文件太大，最多${size} MB。`,
    tooLong: (length) => `太长了，最多${length}字。`, useful: "有用", useless: "没用", wasUseful: "这个答复有用吗？", why: "哪里不好？",
    reasons: { wrong_topic: "答非所问", unclear: "看不懂", outdated: "已经过时", incomplete: "不够具体", other: "其他" }, thanks: "谢谢您的评价。",
    stars: "请为本次服务打分", star: (count) => `${count}分`, suggestion: "建议（可不填）", suggestions: (count) => `${count}个联想问题，按下箭头选择`,
    picture: "图片", saved: "对话记录", conversation: "税问对话记录", disclaimer: "答复依据已发布的政策整理，办理以税务机关答复为准。请勿输入身份证号、银行卡号等个人信息。",
  },
  en: {
    title: "Shuiwen 税问", subtitle: "Tax assistant", open: "Open Shuiwen, the tax assistant", close: "Close", more: "More", language: "Language",
    question: "Your question", placeholder: "Ask about tax, or reply “agent” for a person", send: "Send", attach: "Attach a file", speak: "Speak",
    listening: "Listening …", unheard: "Nothing was understood. Say it again or type it.", large: "Large type", aloud: "Read answers aloud", readAloud: "Read aloud",
    stopReading: "Stop reading", copy: "Copy conversation", copied: "The conversation is copied.", print: "Print or save as PDF", save: "Save as web page", end: "Rate this service",
    blocked: "The browser stopped the new window. Allow it and print again, or save as a web page.", morning: "Good morning", noon: "Good afternoon", afternoon: "Good afternoon",
    evening: "Good evening", hello: "I am Shuiwen. Ask me about China’s taxes. Answers name their document and the period they hold for; where I am not sure, a person takes over. Most answers are in Chinese.", hot: "Often asked",
    onDuty: "People are on duty: reply “agent” to be passed on.", offDuty: "Nobody is on duty now. The assistant always is, and you can leave a message.", opens: (when) => ` Service hours begin ${when} (China time).`, notices: "Notices",
    log: "Conversation", customer: "You", assistant: "Shuiwen", agent: "Tax officer", notice: "Notice", sending: "Sending", sent: "Sent",
    seen: "Seen", refused: "Not sent", retry: "Send again", drop: "Delete", lost: "Connection lost. Reconnecting; messages will be sent then.",
    back: "Connected again.", busy: (seconds) => `Too many messages. Sending goes on in ${seconds} s.`, typing: (who) => `${who} is typing …`,
    queued: (place, minutes) => `Waiting: ${place - 1} before you${minutes ? `, about ${minutes} min` : ""}.`, withAgent: "A person is answering",
    newSession: "The earlier conversation is no longer there; a new one has begun.", newMessages: "New messages", conditions: "Conditions", how: "How to", materials: "Documents needed",
    where: "Where", how_long: "Time limit", note: "Note", basis: "Sources", background: "history", original: "Original text", clause: "Clause", calendar: "Calendar of filing dates",
    inForce: (from, to) => (to ? `In force ${from} to ${to}` : `In force since ${from}`), asOf: (day) => `As of ${day}`, period: (span) => `Applies: ${span}`,
    standing: { in_force: "in force", past: "rule of that time", not_yet: "not yet in force", expired: "expired, no later rule is known" },
    steps: "Calculation", step: "Item", formula: "Working", value: "Result", units: { 元: " yuan", 天: " days", 人: " people" }, deadlines: "Filing dates", duty: "Return", due: "Due", remark: "Remark", noDay: "See remark", opensOn: (day) => `From ${day} on.`, assumptions: "Assumed", verdicts: "One by one", missing: "Still needed", allWords: "All in words",
    verdict: { entitled: "Entitled:", not_entitled: "Not entitled:", undecided: "Undecided:", not_in_force: "No known rule:" },
    fillIn: "Fill in", unit: "yuan", month: "month", year: "year", submit: "OK", cancel: "Cancel", leave: "Leave a message", withdraw: "Leave the queue", absent: " Nobody is on duty now; you can leave a message.",
    leaveTitle: "Leave a message; a tax officer will contact you", leaveText: "What it is about", leaveContact: "Telephone or e-mail", leaveSend: "Send message", contactNeeded: "A telephone number or an e-mail address is needed to reach you.",
    told: {
      claimed: "A tax officer is with you now.", returned: "The tax officer has passed you back to the assistant.", closed: "This service has ended. Write again to begin anew.",
      transferred: "You are being passed on to another tax officer.", lapsed: "The tax officer is away; you are being passed on to another.", left_message: "Your message is registered.",
    },
    problems: {
      "file-refused": "This file cannot be sent: it is too large, empty or of a kind that is not taken.", "unknown-file": "The file is no longer there.", "too-large": "This is too large.",
      "not-rateable": "This cannot be rated.", "move-refused": "This cannot be done now.", "origin-not-allowed": "This site is not allowed to use Shuiwen.", other: "The server did not take it.",
    }, file: "File", download: "Download", sendingFile: (name) => `Uploading ${name}`,
    wrongType: "This kind of file cannot be sent. Pictures, PDF, OFD, Word and Excel can.", tooLarge: (size) => `The file is too large; at most ${size} MB.`,
    tooLong: (length) => `Too long; at most ${length} characters.`, useful: "Yes", useless: "No", wasUseful: "Was this useful?", why: "What was wrong?",
    reasons: { wrong_topic: "Another topic", unclear: "Hard to understand", outdated: "Out of date", incomplete: "Not specific enough", other: "Something else" }, thanks: "Thank you for your rating.",
    stars: "Rate this service", star: (count) => `${count} of 5`, suggestion: "Suggestion (optional)", suggestions: (count) => `${count} suggestions; arrow down to choose`,
    picture: "Picture", saved: "conversation", conversation: "Conversation with Shuiwen", disclaimer: "Answers are compiled from published policies; the tax authority’s word decides. Do not type identity or bank card numbers.",
  },
};

WORDS["zh-Hant"] = {
  ...WORDS["zh-Hans"],
  title: "稅問", subtitle: "智能稅費助手", open: "打開稅問，諮詢稅費問題", close: "關閉", more: "更多", language: "語言",
  question: "您的問題", placeholder: "輸入稅費問題，或回覆「人工」", send: "發送", attach: "上傳文件", speak: "語音輸入",
  listening: "正在聽，請說話……", unheard: "沒有聽清，請再說一次或直接輸入。", large: "大字", aloud: "自動朗讀答覆", readAloud: "朗讀",
  stopReading: "停止朗讀", copy: "複製對話", copied: "對話已複製。", print: "列印或存為PDF", save: "保存為網頁", end: "評價本次服務",
  blocked: "瀏覽器攔下了新視窗，請允許彈出視窗後再列印，或使用「保存為網頁」。",
  hello: "我是稅問，請直接說您想問的稅費問題。答覆註明依據和適用期間，沒有把握時轉人工。", hot: "大家在問",
  onDuty: "工作人員在線，回覆「人工」即可轉接。", offDuty: "現在沒有工作人員在線，智能助手隨時可用，也可以留言。", opens: (when) => `人工服務時間從${when}開始。`,
  log: "對話記錄", assistant: "稅問", agent: "工作人員", sending: "正在發送", sent: "已發送", seen: "已看到", refused: "沒有發出", retry: "重發", drop: "刪除",
  lost: "連接中斷，正在重新連接；消息會在恢復後發出。", back: "已重新連接。", busy: (seconds) => `消息太多，${seconds}秒後自動繼續發送。`,
  typing: (who) => `${who}正在輸入……`, queued: (place, minutes) => `排隊中，您前面還有${place - 1}位${minutes ? `，大約還要${minutes}分鐘` : ""}。`,
  withAgent: "人工服務中", newSession: "之前的會話已經不在，已開始新的會話。", conditions: "條件", how: "怎麼辦", where: "在哪辦", how_long: "時限",
  note: "提示", basis: "依據", background: "歷史依據", original: "查看原文", clause: "條款", calendar: "全年申報日曆",
  inForce: (from, to) => (to ? `${from}至${to}有效` : `${from}起有效`), asOf: (day) => `按${day}的規定`, period: (span) => `適用期間：${span}`,
  standing: { in_force: "現行有效", past: "當時的規定", not_yet: "尚未施行", expired: "已到期，後續規定未收錄" },
  steps: "計算步驟", step: "項目", value: "結果", deadlines: "申報期限", duty: "申報什麼", remark: "說明", noDay: "見說明", opensOn: (day) => `${day}起可以申報`, assumptions: "按以下情況計算", verdicts: "逐項判斷", missing: "還需要知道",
  verdict: { entitled: "符合", not_entitled: "不符合", undecided: "尚不能判斷", not_in_force: "沒有已知規定" }, fillIn: "填寫", submit: "確定", withdraw: "取消排隊", absent: "現在沒有工作人員在線，可以留言。",
  leaveTitle: "留言，由工作人員聯繫您", leaveText: "要問的事", leaveContact: "手機號或郵箱", leaveSend: "提交留言", contactNeeded: "請填寫手機號、座機號或郵箱，工作人員才能聯繫您。",
  download: "下載", sendingFile: (name) => `正在上傳 ${name}`, wrongType: "不能上傳這種文件。可以上傳圖片、PDF、OFD、Word和Excel。",
  tooLarge: (size) => `文件太大，最多${size} MB。`, tooLong: (length) => `太長了，最多${length}字。`, useless: "沒用", wasUseful: "這個答覆有用嗎？", why: "哪裡不好？",
  reasons: { wrong_topic: "答非所問", unclear: "看不懂", outdated: "已經過時", incomplete: "不夠具體", other: "其他" }, thanks: "謝謝您的評價。",
  stars: "請為本次服務打分", suggestion: "建議（可不填）", suggestions: (count) => `${count}個聯想問題，按下箭頭選擇`,
  picture: "圖片", saved: "對話記錄", conversation: "稅問對話記錄",
  disclaimer: "答覆依據已發布的政策整理，辦理以稅務機關答覆為準。請勿輸入身份證號、銀行卡號等個人信息。",
};

const LANGUAGES = { "zh-Hans": "简体", "zh-Hant": "繁體", en: "English" };

function languageOf(...wishes) {
  for (const wish of wishes.filter(Boolean)) {
    if (wish in WORDS) return wish;
    if (/^zh-(hant|tw|hk|mo)/i.test(wish)) return "zh-Hant";
    if (/^zh/i.test(wish)) return "zh-Hans";
    if (/^en/i.test(wish)) return "en";
  }
  return "zh-Hans";
}

function greetingAt(hour) {
  if (hour >= 5 && hour < 11) return "morning";
  if (hour >= 11 && hour < 13) return "noon";
  return hour >= 13 && hour < 18 ? "afternoon" : "evening";
}

function spokenLanguage(text, language) {
  if (!/[\u3400-\u9fff]/.test(text)) return "en";
  return language === "zh-Hant" ? "zh-Hant" : "zh-Hans";
}
