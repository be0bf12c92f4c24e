using System.Runtime.InteropServices;

namespace FedAi.LlamaHost.Native;

/// <summary>The functions of llama.cpp v0.5.0 that are used here (MIT; include/llama.h). Handles are plain pointers, owned by the class that made them.</summary>
internal static unsafe partial class LlamaApi
{
    [LibraryImport("llama")]
    public static partial byte* llama_version();

    [LibraryImport("llama")]
    public static partial void llama_backend_init();

    [LibraryImport("ggml", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void ggml_backend_load_all_from_path(string folder);

    [LibraryImport("ggml")]
    public static partial nuint ggml_backend_dev_count();

    [LibraryImport("ggml")]
    public static partial nint ggml_backend_dev_get(nuint index);

    [LibraryImport("ggml-base")]
    public static partial BackendDeviceType ggml_backend_dev_type(nint device);

    [LibraryImport("ggml-base")]
    public static partial void ggml_backend_dev_memory(nint device, out nuint free, out nuint total);

    [LibraryImport("llama")]
    public static partial void llama_log_set(delegate* unmanaged[Cdecl]<int, byte*, nint, void> callback, nint userData);

    [LibraryImport("llama")]
    public static partial ModelParams llama_model_default_params();

    [LibraryImport("llama")]
    public static partial ContextParams llama_context_default_params();

    [LibraryImport("llama", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint llama_model_load_from_file(string path, ModelParams parameters);

    [LibraryImport("llama")]
    public static partial void llama_model_free(nint model);

    [LibraryImport("llama")]
    public static partial nint llama_init_from_model(nint model, ContextParams parameters);

    [LibraryImport("llama")]
    public static partial void llama_free(nint context);

    [LibraryImport("llama")]
    public static partial uint llama_n_ctx_seq(nint context);

    [LibraryImport("llama")]
    public static partial nint llama_get_memory(nint context);

    [LibraryImport("llama")]
    public static partial byte llama_memory_seq_rm(nint memory, int sequence, int from, int to);

    [LibraryImport("llama")]
    public static partial int llama_model_n_layer(nint model);

    [LibraryImport("llama")]
    public static partial int llama_model_n_embd_out(nint model);

    [LibraryImport("llama", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int llama_model_meta_val_str(nint model, string key, byte* buffer, nuint length);

    [LibraryImport("llama")]
    public static partial int llama_model_n_ctx_train(nint model);

    [LibraryImport("llama")]
    public static partial byte llama_model_has_decoder(nint model);

    [LibraryImport("llama")]
    public static partial byte llama_model_has_encoder(nint model);

    [LibraryImport("llama")]
    public static partial byte* llama_model_chat_template(nint model, byte* name);

    [LibraryImport("llama")]
    public static partial int llama_chat_apply_template(byte* template, ChatMessage* messages, nuint count, byte addAssistant, byte* buffer, int length);

    [LibraryImport("llama")]
    public static partial nint llama_model_get_vocab(nint model);

    [LibraryImport("llama")]
    public static partial int llama_vocab_n_tokens(nint vocab);

    [LibraryImport("llama")]
    public static partial byte llama_vocab_is_eog(nint vocab, int token);

    [LibraryImport("llama")]
    public static partial int llama_vocab_bos(nint vocab);

    [LibraryImport("llama")]
    public static partial int llama_vocab_eos(nint vocab);

    [LibraryImport("llama")]
    public static partial byte llama_vocab_get_add_bos(nint vocab);

    [LibraryImport("llama")]
    public static partial byte* llama_vocab_get_text(nint vocab, int token);

    [LibraryImport("llama")]
    public static partial int llama_tokenize(nint vocab, byte* text, int textLength, int* tokens, int maxTokens, byte addSpecial, byte parseSpecial);

    [LibraryImport("llama")]
    public static partial int llama_token_to_piece(nint vocab, int token, byte* buffer, int length, int leftStrip, byte special);

    [LibraryImport("llama")]
    public static partial Batch llama_batch_init(int tokens, int embeddings, int maxSequences);

    [LibraryImport("llama")]
    public static partial void llama_batch_free(Batch batch);

    [LibraryImport("llama")]
    public static partial int llama_decode(nint context, Batch batch);

    /// <summary>Its parameter is a struct of one bool: no_perf.</summary>
    [LibraryImport("llama")]
    public static partial nint llama_sampler_chain_init(byte noPerf);

    [LibraryImport("llama")]
    public static partial void llama_sampler_chain_add(nint chain, nint sampler);

    [LibraryImport("llama")]
    public static partial nint llama_sampler_init_greedy();

    [LibraryImport("llama")]
    public static partial nint llama_sampler_init_dist(uint seed);

    [LibraryImport("llama")]
    public static partial nint llama_sampler_init_top_k(int k);

    [LibraryImport("llama")]
    public static partial nint llama_sampler_init_top_p(float p, nuint minKeep);

    [LibraryImport("llama")]
    public static partial nint llama_sampler_init_min_p(float p, nuint minKeep);

    [LibraryImport("llama")]
    public static partial nint llama_sampler_init_temp(float temperature);

    [LibraryImport("llama")]
    public static partial nint llama_sampler_init_penalties(int vocabulary, int lastTokens, float repeat, float frequency, float presence);

    [LibraryImport("llama")]
    public static partial nint llama_sampler_init_logit_bias(int vocabulary, int count, LogitBias* biases);

    [LibraryImport("llama", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint llama_sampler_init_grammar(nint vocab, string grammar, string root);

    [LibraryImport("llama", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint llama_sampler_init_grammar_lazy_patterns(
        nint vocab, string grammar, string root, byte** patterns, nuint patternCount, int* tokens, nuint tokenCount);

    [LibraryImport("llama")]
    public static partial void llama_sampler_apply(nint sampler, TokenDataArray* candidates);

    [LibraryImport("llama")]
    public static partial void llama_sampler_reset(nint sampler);

    [LibraryImport("llama")]
    public static partial void llama_sampler_accept(nint sampler, int token);

    [LibraryImport("llama")]
    public static partial float* llama_get_logits_ith(nint context, int outputIndex);

    [LibraryImport("llama")]
    public static partial float* llama_get_embeddings_ith(nint context, int outputIndex);

    [LibraryImport("llama")]
    public static partial int llama_sampler_sample(nint chain, nint context, int outputIndex);

    [LibraryImport("llama")]
    public static partial void llama_sampler_free(nint chain);
}
