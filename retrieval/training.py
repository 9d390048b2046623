"""Train the built-in encoder from labelled questions: a small BERT over characters, from nothing.

Needs the extra ``encoder`` (torch, sentence-transformers). The loss is the sum of two: a softmax over one
learned vector a label (Wang et al., "NormFace", 2017), and the supervised contrastive loss of the questions
of one batch (Khosla et al., 2020), so that it learns both what a label is and which questions are alike.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from datasets import Dataset
from sentence_transformers import (
    SentenceTransformer,
    SentenceTransformerTrainer,
    SentenceTransformerTrainingArguments,
)
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from tokenizers import Regex, Tokenizer, normalizers
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split
from tokenizers.processors import TemplateProcessing
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, log_softmax, normalize
from torch.utils.data import BatchSampler, SequentialSampler
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast, TrainerCallback
from transformers.trainer_callback import PrinterCallback

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
SLICES = 4
FIRST_NORM = 0.005


@dataclass(frozen=True)
class Recipe:
    """The shape of the encoder and how it is trained; recorded beside its weights."""

    dimension: int = 128
    layers: int = 2
    heads: int = 4
    longest: int = 48
    epochs: int = 10
    batch: int = 256
    rate: float = 1.5e-3
    sharpness: float = 20.0
    smoothing: float = 0.1
    blurred: float = 0.5
    seed: int = 7


def train(
    examples: Sequence[tuple[str, str]], recipe: Recipe, progress: Callable[[float], None] = lambda _: None
) -> SentenceTransformer:
    """An encoder from normalised questions and their labels, at least two questions a label.

    ``progress`` is told the share done, 0 to 1. The same examples and recipe give the same encoder on the
    same machine.
    """
    torch.manual_seed(recipe.seed)
    labels = {label: place for place, label in enumerate(dict.fromkeys(label for _, label in examples))}
    with TemporaryDirectory() as folder:
        model = untrained([text for text, _ in examples], recipe, Path(folder))
        rows = list(batches(examples, recipe))
        trainer = SentenceTransformerTrainer(
            model=model,
            args=_arguments(recipe, folder),
            train_dataset=Dataset.from_dict(
                {"question": [text for text, _ in rows], "label": [labels[label] for _, label in rows]}
            ),
            loss=LabelLoss(model, len(labels), recipe),
            callbacks=[_Progress(progress)],
        )
        trainer.remove_callback(PrinterCallback)  # stdout is for the scores
        trainer.train()
    return model.eval()


def untrained(texts: Sequence[str], recipe: Recipe, folder: Path) -> SentenceTransformer:
    """A model with random weights that reads single characters; those of ``texts`` are its vocabulary."""
    tokenizer = _tokenizer(texts, recipe.longest)
    tokenizer.save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=recipe.dimension,
        num_hidden_layers=recipe.layers,
        num_attention_heads=recipe.heads,
        intermediate_size=4 * recipe.dimension,
        max_position_embeddings=recipe.longest,
        attention_probs_dropout_prob=0.0,
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    transformer = Transformer(str(folder), max_seq_length=recipe.longest)
    return SentenceTransformer(
        modules=[transformer, Pooling(recipe.dimension, "mean"), Normalize()], device="cpu"
    )


def batches(examples: Sequence[tuple[str, str]], recipe: Recipe) -> Iterator[tuple[str, str]]:
    """All questions to train on, in order: in each stretch of ``recipe.batch`` a label stands twice.

    Half of them (``recipe.blurred``) are written worse: characters left out or swapped, cut, or with words
    of another question before or after them.
    """
    chance = random.Random(recipe.seed)  # noqa: S311 - not for secrets
    by_label: dict[str, list[str]] = defaultdict(list)
    for text, label in examples:
        by_label[label].append(text)
    rounds = recipe.epochs * len(examples) // (2 * len(by_label))
    for _ in range(rounds):
        for label in chance.sample(list(by_label), len(by_label)):
            for text in chance.sample(by_label[label], 2):
                blurred = chance.random() < recipe.blurred
                yield (_blurred(text, chance.choice(examples)[0], chance) if blurred else text), label


class LabelLoss(nn.Module):
    """Softmax over a learned vector a label, plus the supervised contrastive loss within the batch."""

    def __init__(self, model: SentenceTransformer, labels: int, recipe: Recipe) -> None:
        super().__init__()
        self.model = model
        self.recipe = recipe
        # So short that the same rate turns them faster than it turns the weights of the model.
        self.centres = nn.Parameter(torch.randn(labels, recipe.dimension) * FIRST_NORM)

    def forward(self, sentence_features: Sequence[dict[str, Tensor]], labels: Tensor) -> Tensor:
        vectors = self._vectors(next(iter(sentence_features)))
        sharp = self.recipe.sharpness
        to_centres = sharp * vectors @ normalize(self.centres, dim=-1).T
        to_others = (sharp * vectors @ vectors.T).fill_diagonal_(-1e4)
        same = (labels[:, None] == labels[None]).float().fill_diagonal_(0)
        contrast = -(log_softmax(to_others, 1) * same).sum(1) / same.sum(1).clamp(min=1)
        return cross_entropy(to_centres, labels, label_smoothing=self.recipe.smoothing) + contrast.mean()

    def _vectors(self, features: dict[str, Tensor]) -> Tensor:
        """The batch encoded in slices of like length, so that short questions are not padded to the longest."""
        order = features["attention_mask"].sum(1).argsort()
        parts = [self._encoded(features, rows) for rows in order.chunk(SLICES)]
        return torch.cat(parts)[order.argsort()]

    def _encoded(self, features: dict[str, Tensor], rows: Tensor) -> Tensor:
        mask = features["attention_mask"][rows]
        longest = int(mask.sum(1).max())
        cut = {"input_ids": features["input_ids"][rows, :longest], "attention_mask": mask[:, :longest]}
        vectors: Tensor = self.model(cut)["sentence_embedding"]
        return vectors


class _Progress(TrainerCallback):
    def __init__(self, progress: Callable[[float], None]) -> None:
        self._progress = progress

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
        self._progress(state.global_step / state.max_steps)


def _arguments(recipe: Recipe, folder: str) -> SentenceTransformerTrainingArguments:
    return SentenceTransformerTrainingArguments(
        output_dir=folder,
        num_train_epochs=1,
        per_device_train_batch_size=recipe.batch,
        learning_rate=recipe.rate,
        warmup_steps=0.1,
        weight_decay=0.02,
        lr_scheduler_type="cosine",
        batch_sampler=_in_order,
        seed=recipe.seed,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
        logging_strategy="no",
        use_cpu=True,
        dataloader_pin_memory=False,
    )


def _in_order(dataset: Dataset, batch_size: int, drop_last: bool, **_: Any) -> BatchSampler:
    return BatchSampler(SequentialSampler(dataset), batch_size, drop_last)


def _tokenizer(texts: Sequence[str], longest: int) -> PreTrainedTokenizerFast:
    characters = sorted({character for text in texts for character in text if not character.isspace()})
    vocabulary = {token: place for place, token in enumerate((*SPECIAL, *characters))}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Replace(Regex(r"\s"), "")
    tokenizer.pre_tokenizer = Split(Regex("."), "isolated")
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=longest,
        pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
    )  # fmt: skip


def _blurred(text: str, other: str, chance: random.Random) -> str:
    """``text`` as a hurried or talkative person might have put it."""
    letters = list(text)
    kind = chance.random()
    if kind < 0.3:
        letters = [letter for letter in letters if chance.random() > 0.12] or letters
    elif kind < 0.5 and len(letters) > 1:
        place = chance.randrange(len(letters) - 1)
        letters[place], letters[place + 1] = letters[place + 1], letters[place]
    elif kind < 0.75 and len(letters) > 10:
        length = chance.randrange(int(len(letters) * 0.6), len(letters))
        start = chance.randrange(len(letters) - length + 1)
        letters = letters[start : start + length]
    else:
        beside = list(other[: chance.randrange(3, 12)])
        letters = [*beside, ",", *letters] if chance.random() < 0.5 else [*letters, ",", *beside]
    return "".join(letters)
