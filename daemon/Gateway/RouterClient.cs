using System.Runtime.CompilerServices;
using FedAi.Daemon.OpenAi;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Runners;

namespace FedAi.Daemon.Gateway;

/// <summary>
/// Sends a request to the best router, signed with the user's key, and keeps the proof of what came back. Before the first
/// token a failure tries the next router; after it the failure is the client's to see.
/// </summary>
internal sealed class RouterClient(RouterDirectory routers, RouterChoice choice, PeerInference peers, SealedInference sealedPeers, ProofStore proofs, TimeProvider time) : IInferenceBackend
{
    /// <summary>Each attempt costs the client time, and shows the prompt to one more router.</summary>
    private const int MaxAttempts = 3;

    /// <summary>A quote shows the prompt to nobody: a router that has no trusted node to offer is no attempt. But each costs a round trip, and nobody waits for more of them.</summary>
    private const int MaxAsked = 16;

    public IReadOnlyList<OpenAiModel> Models => GatewayModels.Of(choice.Heard);

    public PrivacyLevel MaxPrivacy => PrivacyLevel.PL3;

    public IAsyncEnumerable<InferenceEvent> RunAsync(InferenceRequest request, CancellationToken cancellationToken) => AskAsync(owner: null, request, cancellationToken);

    public IAsyncEnumerable<InferenceEvent> RunForAsync(PublicKey client, InferenceRequest request, CancellationToken cancellationToken) => AskAsync(client, request, cancellationToken);

    private async IAsyncEnumerable<InferenceEvent> AskAsync(PublicKey? owner, InferenceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var level = request.PrivacyLevel ?? PrivacyLevel.PL3;
        // The hash of a ciphertext gives nothing away: it needs no salt.
        request = request with { PrivacyLevel = level, Salt = level >= PrivacyLevel.PL2 ? null : request.Salt };
        var permitted = routers.Current.Where(router => RouterPrivacyPolicy.Permits(router, level)).ToList();
        var ranked = choice.Rank(permitted, request);
        var refusal = ranked.None is null ? null : RouterPrivacyPolicy.Problem(choice.Heard, request, level) ?? ranked.None;
        var attempts = 0;
        var order = level >= PrivacyLevel.PL2 ? sealedPeers.Order(ranked.Routers, request) : ranked.Routers;
        foreach (var router in order.Take(MaxAsked).Select(candidate => candidate.Router))
        {
            var load = choice.Enter(router);
            var asked = time.GetTimestamp();
            var answered = false;
            var ended = false;
            Refusal? failed = null;
            try
            {
                var steps = level >= PrivacyLevel.PL2
                    ? sealedPeers.StreamAsync(router, Target(router), request, cancellationToken)
                    : peers.StreamAsync(Target(router), request, cancellationToken);
                await foreach (var step in steps)
                {
                    if (step is InferenceFailure failure)
                    {
                        failed = failure.Refusal;
                        break;
                    }

                    if (!answered && step is not InferenceDelta { IsSignOfLife: true })
                    {
                        answered = true;
                        load.Succeeded(time.GetElapsedTime(asked).TotalMilliseconds);
                    }

                    if (step is InferenceEnd { Signed: { } signed })
                    {
                        ended = true;
                        proofs.Add(request, signed, owner);
                        choice.Succeeded(router, signed.Node);
                    }

                    yield return step;
                }
            }
            finally
            {
                load.Leave();
                choice.Asked(router, request, time.GetElapsedTime(asked), ended, failed);
            }

            if (failed is null) yield break;
            var unasked = level >= PrivacyLevel.PL2 && failed.Code == ErrorCode.NoTrustedNode;
            // What a router says that might serve this is worth more than that another one is not there, has the model no longer or no node to trust, or is too small.
            if (refusal is null or { Code: ErrorCode.ModelNotFound } || (refusal.Code == ErrorCode.NoTrustedNode && !unasked)
                || ((refusal.Code.IsOfSize() || refusal.Code == ErrorCode.NodeUnreachable) && !unasked && failed.Code != ErrorCode.ModelNotFound)) refusal = failed;
            if (RouterFault.IsClients(failed.Code)) break;
            if (!RouterFault.IsHonest(failed.Code)) choice.Failed(router, load);
            if (answered || (!unasked && ++attempts == MaxAttempts)) break;
        }

        yield return new InferenceFailure(refusal!);
    }

    private static PeerTarget Target(KnownRouter router) => new(router.Endpoint, Chat: router.Profile.Features?.Contains(PeerFeatures.Chat) == true);
}
