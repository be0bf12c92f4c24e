using System.Runtime.CompilerServices;
using FedAi.Daemon.Accounts;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.Runners;

namespace FedAi.Daemon.OpenAi;

/// <summary>A backend as the owner of one API key may use it: its models, its places, its tokens. What it takes is counted, whoever ends it.</summary>
internal sealed class KeyedBackend(IInferenceBackend inner, ApiAccount account, ApiKeys keys) : IInferenceBackend
{
    private static readonly Refusal NotThisModel = new(ErrorCode.ModelNotFound, "This API key may not ask that model; GET /v1/models lists those that it may.");

    public IReadOnlyList<OpenAiModel> Models => account.Key.Models is { Count: > 0 } allowed ? [.. inner.Models.Where(model => allowed.Contains(model.Id))] : inner.Models;

    public PrivacyLevel MaxPrivacy => inner.MaxPrivacy;

    /// <summary>Takes the place of the backend among an endpoint's arguments.</summary>
    public static void Put(IList<object?> arguments, ApiAccount account, ApiKeys keys)
    {
        for (var i = 0; i < arguments.Count; i++)
            if (arguments[i] is IInferenceBackend backend) arguments[i] = new KeyedBackend(backend, account, keys);
    }

    public async IAsyncEnumerable<InferenceEvent> RunAsync(InferenceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var refusal = account.Key.Models is { Count: > 0 } allowed && !allowed.Contains(request.ModelId) ? NotThisModel : account.TryEnter(keys.Defaults);
        if (refusal is not null)
        {
            yield return new InferenceFailure(refusal);
            yield break;
        }

        var prompt = TokenEstimate.Of(request);
        var reserved = prompt + (long)request.MaxTokens;
        var delivered = 0L;
        long? used = null;
        var open = false;
        try
        {
            if (await account.ReserveAsync(reserved) is { } none)
            {
                yield return new InferenceFailure(none);
                yield break;
            }

            open = true;
            await foreach (var step in inner.RunForAsync(account.Owner, request, cancellationToken))
            {
                if (account.Key.RevokedMs is not null)
                {
                    yield return new InferenceFailure(ApiKeys.Revoked);
                    yield break;
                }

                if (step is InferenceDelta delta) delivered += delta.Tokens;
                if (step is InferenceEnd end)
                {
                    // Before the end leaves: whoever has read it finds it counted.
                    used = end.InputTokens + end.OutputTokens;
                    open = false;
                    await account.SettleAsync(reserved, used.Value);
                }

                yield return step;
            }
        }
        finally
        {
            // An answer that nobody read to its end has still cost what was delivered of it.
            if (open) await account.SettleAsync(reserved, delivered > 0 ? prompt + delivered : 0);
            account.Leave();
        }
    }
}
