using System.Runtime.CompilerServices;
using FedAi.Daemon.OpenAi;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.Runners;

namespace FedAi.Daemon.Router;

/// <summary>What the router's /v1 asks: its nodes, within its limits. Whoever asks there sees no envelopes: the proof waits to be fetched.</summary>
internal sealed class RouterBackend(RouterJobs jobs, NodeDirectory nodes, ProofStore proofs, TimeProvider time) : IInferenceBackend
{
    /// <summary>A router reads what comes to its own /v1; only a gateway can seal it before.</summary>
    public PrivacyLevel MaxPrivacy => PrivacyLevel.PL1;

    public IReadOnlyList<OpenAiModel> Models => [.. RouterModels.Of(nodes.Current, time.GetUtcNow().ToUnixTimeMilliseconds()).Where(model => RoleTypes.JobOf(model.Id) is null)];

    public IAsyncEnumerable<InferenceEvent> RunAsync(InferenceRequest request, CancellationToken cancellationToken) =>
        AskAsync(client: null, request, cancellationToken);

    public IAsyncEnumerable<InferenceEvent> RunForAsync(PublicKey client, InferenceRequest request, CancellationToken cancellationToken) =>
        AskAsync(client, request, cancellationToken);

    private async IAsyncEnumerable<InferenceEvent> AskAsync(PublicKey? client, InferenceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var step in jobs.RunAsync(request, client, streaming: true, cancellationToken))
        {
            if (step is InferenceEnd { Signed: { } signed }) proofs.Add(request, signed, client);
            yield return step;
        }
    }
}
