using System.Collections.Frozen;
using FedAi.Runners;

namespace FedAi.Daemon.OpenAi;

/// <summary>One kind of work at /v1: its address, its parameters, the ids and the shape of its answers.</summary>
internal sealed class OpenAiOperation
{
    public const string ChatPath = "/chat/completions";
    public const string CompletionPath = "/completions";
    public const string EmbeddingPath = "/embeddings";

    public static OpenAiOperation Chat { get; } = new(ChatPath, "messages", "chatcmpl-", ChatParameters.All, ChatAnswer.Write);

    public static OpenAiOperation Completion { get; } = new(CompletionPath, "prompt", "cmpl-", CompletionParameters.All, CompletionAnswer.Write);

    public static OpenAiOperation Embedding { get; } = new(EmbeddingPath, "input", "embd-", EmbeddingParameters.All, EmbeddingAnswer.Write);

    public static IReadOnlyList<OpenAiOperation> All => [Chat, Completion, Embedding];

    private OpenAiOperation(string path, string prompt, string idPrefix, IReadOnlyList<BodyParameter> parameters, Func<OpenAiCall, string, InferenceEnd, OpenAiResult> write)
    {
        (Path, Prompt, IdPrefix, Parameters, Write) = (path, prompt, idPrefix, parameters, write);
        ByName = parameters.ToFrozenDictionary(parameter => parameter.Name, StringComparer.Ordinal);
    }

    /// <summary>Below /v1.</summary>
    public string Path { get; }

    /// <summary>The parameter that holds what is asked.</summary>
    public string Prompt { get; }

    /// <summary>Stands before the request id in an answer's id (DECISIONS E5).</summary>
    public string IdPrefix { get; }

    public IReadOnlyList<BodyParameter> Parameters { get; }

    public FrozenDictionary<string, BodyParameter> ByName { get; }

    /// <summary>The whole answer of the call, of this text.</summary>
    public Func<OpenAiCall, string, InferenceEnd, OpenAiResult> Write { get; }

    /// <summary>The request id in an answer's id; the id itself when it is bare.</summary>
    public static string RequestIdOf(string id)
    {
        foreach (var operation in All)
            if (id.StartsWith(operation.IdPrefix, StringComparison.Ordinal)) return id[operation.IdPrefix.Length..];
        return id;
    }
}
