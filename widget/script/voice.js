// Speech in and out, where the browser has it.

const SPOKEN = { "zh-Hans": "zh-CN", "zh-Hant": "zh-HK", en: "en-US" };

class Voice {
  constructor(widget) {
    this.widget = widget;
    this.Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;
    this.canSpeak = "speechSynthesis" in window;
  }

  get canListen() {
    return Boolean(this.Recognition) && isSecureContext;
  }

  listen(heard) {
    if (this.recognition) return this.recognition.stop();
    const recognition = new this.Recognition();
    this.recognition = recognition;
    recognition.lang = SPOKEN[this.widget.language];
    recognition.onresult = (event) => heard(event.results[0][0].transcript);
    recognition.onerror = () => this.widget.tell(this.widget.words.unheard);
    recognition.onend = () => { this.recognition = null; };
    recognition.start();
    this.widget.tell(this.widget.words.listening);
  }

  read(text, language) {
    if (!this.canSpeak) return;
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = SPOKEN[spokenLanguage(text, language)];
    utterance.rate = 0.9;
    speechSynthesis.speak(utterance);
  }

  toggle(text, language) {
    if (speechSynthesis.speaking) return speechSynthesis.cancel();
    this.read(text, language);
  }
}
