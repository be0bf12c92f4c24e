using FedAi.Runners.Llama.Pipe;

namespace FedAi.Runners.Llama;

/// <summary>The test of a model before it is offered: it answers a short question, greedily, with two tokens, or makes one vector.</summary>
internal static class ModelTrial
{
    /// <summary>Long enough for a large model on a slow disk, and an end for a process that only says that it works.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private static readonly Generation Question = new()
    {
        Messages = [new("user", "Say hello.")],
        MaxTokens = 2,
        Seed = 1,
        Temperature = 0,
        TopK = 0,
        TopP = 1,
        MinP = 0,
        PresencePenalty = 0,
        FrequencyPenalty = 0,
        Stop = [],
    };

    /// <summary>Null when it answered, else what was wrong.</summary>
    public static async Task<string?> RunAsync(LlamaChild child, bool embedsOnly, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, child.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await using var call = embedsOnly ? child.Begin(["Hello."])! : child.Begin(Question)!;
            await foreach (var step in embedsOnly ? VectorReader.ReadAsync(call, 1, both.Token) : LlamaRunner.ReadAsync(call, both.Token))
            {
                if (step is InferenceEnd) return null;
                if (step is InferenceFailure failure) return failure.Refusal.Hint;
            }

            return $"its process ended: {await child.Ended.WaitAsync(both.Token).ConfigureAwait(false)}. {child.LastWords.Trim()}".TrimEnd();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"it had no answer after {Limit.TotalMinutes:0} minutes";
        }
    }
}
