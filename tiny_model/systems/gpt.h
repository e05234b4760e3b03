/* A GPT: token and position embedding, blocks of attention and MLP, a head. Radford et al. 2018; what
 * later models changed is a key each. Its stream serves other systems too. Chapters 2 to 11. */
#ifndef TINY_MODEL_SYSTEMS_GPT_H
#define TINY_MODEL_SYSTEMS_GPT_H

#include "../system.h"
#include "../tokenizer/bpe.h"

typedef enum { TOKENIZER_WORDS, TOKENIZER_CHARACTERS, TOKENIZER_BPE } TokenizerKind;
typedef enum { POSITION_LEARNED, POSITION_SINUSOIDAL, POSITION_ROPE, POSITION_ALIBI, POSITION_NONE } Position;
typedef enum { ROPE_INTERLEAVED, ROPE_HALF } RopeKind;
typedef enum { MASK_CAUSAL, MASK_NONE } MaskKind;
typedef enum { NORM_LAYER, NORM_RMS } NormKind;
typedef enum { NORM_NONE, NORM_PRE, NORM_POST } NormPlace;
typedef enum { MLP_DENSE, MLP_NONE, MLP_MOE } MlpKind;
typedef enum { ATTENTION_PLAIN, ATTENTION_FLASH } AttentionKind;
typedef enum { GATE_RENORMALISED, GATE_RAW } GateKind;
typedef enum { BALANCE_CHOICES, BALANCE_FIRST } BalanceKind;
typedef enum {
    ACTIVATION_RELU,
    ACTIVATION_GELU_TANH,
    ACTIVATION_GELU_ERF,
    ACTIVATION_SILU,
    ACTIVATION_SWIGLU
} Activation;
typedef enum { LOSS_MEAN, LOSS_SUM } LossKind;
typedef enum { TASK_NEXT, TASK_CLASSIFY, TASK_PREFERENCE, TASK_REWARD } TaskKind;
typedef enum { READ_LAST, READ_MEAN, READ_FIRST } ReadKind;


typedef enum { MAKE_NOTHING, MAKE_REPEATS } MakeKind;

/* Texts that the program makes: ids in a block that is said again and again. */
typedef struct {
    int kind;                    /* MakeKind */
    int count;                   /* how many; 0: not said */
    double seed;
    int least_period, most_period; /* of a block, that of each text drawn; 0: not said, 4 and the vocabulary */
} Made;

/* One sequence of tokens: a text, or ids that were given. */
typedef struct {
    const char *text;     /* NULL: ids without a text */
    int *tokens;          /* [count] */
    int count;
    int pieces;           /* of the text, without what stands before and behind it */
    int length;           /* bytes of the text */
    int *starts;          /* [count + 1] where each token begins, of a text that windows are cut from or that is made
                             of byte pairs; else NULL */
    const int *cuts;      /* [cut_count] of byte pairs: where the document's pre-tokens begin, from its first byte */
    int cut_count;
    int begin;            /* the byte of the document at which this text begins */
    bool cut;             /* a window: the last token is only a target */
    const double *ids;    /* [count] as the example gives them, in place of a text; or NULL */
    int prompt;           /* tokens before the answer; 0: all is learned */
    const double *mask;   /* [count - 1] 1 where a target counts, or NULL */
    int masked;           /* how many it has */
    int real;             /* tokens without the padding at the end */
    int at;               /* the first token's place in its document */
} Sequence;

/* Tokens of a sequence that are read; a window's last one is only to be said. */
static inline int sequence_reads(const Sequence *sequence)
{
    return sequence->count - sequence->cut;
}

/* A part of a document, and how many examples the parts before it hold. */
typedef struct {
    int sequence, first, count; /* tokens */
    int before;
} Stretch;

typedef struct {
    Stretch *list;
    int count, examples;
} Stretches;

typedef struct {
    Made made;
    int tokenizer, add_bos, add_eos, specials;
    const char *bos, *eos;       /* what stands before and behind a text; may be the same token */
    const Bpe *bpe;              /* of TOKENIZER_BPE, else NULL */
    const char *bpe_folder;      /* where its files are: what a model file says */
    Texts vocabulary;            /* empty: derived from the texts */
    int vocabulary_size;         /* of ids that have no texts; 0: that of the list */
    int context, d_model, n_heads, n_kv_heads, d_k, d_ff, n_layers; /* as the model file says; 0: not said */
    int position, rope;
    double rope_theta;
    int mask, window;            /* window 0: all that stands before */
    int attention, tile_rows, tile_columns;
    int norm;
    double norm_eps;
    int norm_gain, norm_embedding, norm_attention, norm_mlp, final_norm;
    double embedding_scale;      /* 1: none */
    int residual_attention, residual_mlp;
    int mlp, activation;
    int experts, top_k, gate, shared, balance_over;
    double balance, z_loss, capacity; /* weights in the loss; capacity INFINITY: room for all */
    int attention_bias, output_bias, mlp_bias, head_bias, tied_head;
    int loss, loss_from;
    double dropout;
    int inside;                  /* what looking inside shows is recorded too */
    int task;
    Texts classes;               /* empty: those of the data */
    int read;
    Texts train;                 /* the parts that are trained; empty: all, with lora none but what is new */
    int pad;                     /* the id of padding; 0: that of <PAD>, of ids without texts 0 itself */
    double beta, kl;             /* of preferences: how far it may go, and what distance costs */
    int rank;                    /* of lora; 0: none */
    double alpha;                /* 0: the rank */
    Texts targets;               /* names of matrices: "W_Q" */
    int share_a;                 /* one A for all heads of a block */
    bool reads_padding, prompt_counts, prompt_late, cross_causal; /* planted mistakes */

    /* derived by gpt_finish */
    Texts labels;                /* of the ids: the vocabulary, or what somebody else's ids stand for */
    int vocabulary_count;        /* V */
    int groups;                  /* of heads that share keys and values; n_heads: each has its own */
    int head_width;              /* d_k */
    Sequence *sequences;         /* `each` a document, in the order of the data */
    int sequence_count;
    int each;                    /* 2 where an example is a pair, the one that was chosen and the one that was not */
    int *targets_of;             /* [documents] the class of each */
    int class_count;             /* C */
    int pad_id;                  /* or -1 */
    Stretches tested;            /* what is looked at once, in the end */
    Stretches learned, held;     /* of the documents: what is learned from, what is kept for validation */
    int length, stride;          /* of the windows that examples are; 0: they are whole documents */
    int *slots;                  /* ids of the vocabulary by the hash of their text, -1 for none */
    int slot_count;
} Gpt;

extern const ModelKey GPT_KEYS[]; /* ended by a key NULL */
enum { GPT_MISTAKE_COUNT = 25 };
extern const Mistake GPT_MISTAKES[GPT_MISTAKE_COUNT];

static inline const Gpt *gpt_of(const Model *model)
{
    return model->settings;
}

/* gpt_keys.c: what System asks for. */
void gpt_defaults(Model *model);
bool gpt_read_texts(Model *model, Error *error);
bool gpt_finish(Model *model, Error *error);
int gpt_quantities(const Model *model, Quantity out[MOST_QUANTITIES]);

/* gpt_rows.c: what an example says of its sequence, or of the second of a pair: text or ids, prompt, mask.
 *   errors  naming the example: nothing to read, two of a kind, a mask of another length or without a target */
bool gpt_row(Model *model, int example, bool second, Sequence *out, Error *error);
/* An example's ids as they are, which must be whole numbers of the vocabulary. */
bool gpt_row_ids(Model *model, Sequence *sequence, Error *error);

/* Once its tokens are known: which targets count. */
bool gpt_row_mask(Model *model, int example, Sequence *sequence, Error *error);

/* gpt_messages.c: short messages, clear or garbled, for a model that read what `loomings` reads. */
void gpt_preset_messages(Model *model);

/* gpt_task.c: the classes of the examples, and whether task and lora can work.
 *   errors  naming the key: a label that is not in the list, one class only, no rank */
bool gpt_prepare_task(Model *model, Error *error);

/* gpt_examples.c: how many windows of `length` tokens, each with all its targets, a text holds. */
int windows_in(int tokens, int length, int stride);

/* Whether the data are made: nobody said a text or examples. */
static inline bool gpt_makes(const Model *model)
{
    return gpt_of(model)->made.kind != MAKE_NOTHING && !model->data.text && !model->data.examples;
}

/* gpt_made.c: makes them, each a token longer than the context, as MADE in gpt_keys.c tells; once the vocabulary is
 * known.
 *   memory  the model's arena
 *   errors  a period that does not fit the vocabulary, no context, no count */
bool gpt_make_sequences(Model *model, Error *error);

/* Fills in `learned` and `held` once the documents have tokens.
 *   memory  the model's arena
 *   errors  a text too short for one window, a validation share that leaves nothing on either side */
bool gpt_list_examples(Model *model, Error *error);

/* Example i of those that are learned from, or held for validation: in place, nothing is copied. */
Sequence gpt_example(const Gpt *gpt, bool held, int i);

/* The document that example i is, where no windows are cut; second: the other of a pair. */
int gpt_document(const Stretches *of, int i);

/* The axes of a sequence's positions: their tokens are their labels. ids NULL: only numbers. */
short gpt_token_axis(Tape *tape, const Gpt *gpt, const int *ids, int count);
short gpt_vocabulary_axis(Tape *tape, const Gpt *gpt);

/* Ids of the vocabulary as a leaf [1 x count] with the columns' axis `axis`. */
int gpt_ids_leaf(Tape *tape, const Gpt *gpt, const char *name, const int *ids, int count, int axis);

/* A stream without positions that hides nothing, its norms without gains before each part: what reads patches and
 * captions. Tokens have no texts yet. */
Gpt gpt_both_ways(int context, int d_model, int n_heads, int d_ff, int n_layers, int activation, double norm_eps);

/* Records the stream of a GPT inside of an open frame: embedding, blocks, final norm.
 *   tokens   [1 x T] ids that count in the vocabulary, columns an axis of T places
 *   table    where to put the id of the token embedding [V x d], for a tied head; or NULL
 *   returns  [T x d]
 *   memory   the tape's arena
 *   errors   through tape_attempt */
int gpt_stream(Scene *scene, const Gpt *gpt, int tokens, int *table);

#endif
