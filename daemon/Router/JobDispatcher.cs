using System.Runtime.CompilerServices;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.Runners;

namespace FedAi.Daemon.Router;

/// <summary>
/// Places a request: ranks the nodes, asks the best one, and before the first token tries the next when it fails. After
/// the first token a failure is the client's to see, never a silent second answer (WIRE W-Q4).
/// </summary>
internal sealed class JobDispatcher(NodeDirectory nodes, PeerInference peers, RouterMetering metering, PeerExperience experience, AuditLog audit, TimeProvider time)
{
    /// <summary>Each attempt costs the client time; three dead nodes in a row mean that something else is wrong.</summary>
    private const int MaxAttempts = 3;

    /// <summary>Runs a request for a client (null: an OpenAI caller without a key). Not streaming gives only the end or the failure.</summary>
    public async IAsyncEnumerable<InferenceEvent> DispatchAsync(InferenceRequest request, PublicKey? client, bool streaming, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (NodePrivacyPolicy.Problem(request) is { } problem)
        {
            yield return new InferenceFailure(problem);
            yield break;
        }

        request = request with { CacheKey = CacheScope.Narrow(client, isSealed: false, request.CacheKey) };
        var ranked = nodes.Rank(request, TokenEstimate.Of(request));
        var said = ranked.None;
        foreach (var candidate in ranked.Candidates.Take(MaxAttempts))
        {
            var node = candidate.Node;
            var target = new PeerTarget(node.Endpoint, node.Key, node.Descriptor.NodeId, node.Chat, candidate.Pricing);
            var resolved = request.ModelId == candidate.ModelId && request.MaxTokens == candidate.MaxTokens ? request : request with { ModelId = candidate.ModelId, MaxTokens = candidate.MaxTokens };
            var asked = time.GetTimestamp();
            var answered = false;
            var ended = false;
            Refusal? refusal = null;
            node.Load.Enter();
            try
            {
                await foreach (var step in AskAsync(target, resolved, streaming, cancellationToken))
                {
                    if (step is InferenceFailure failure)
                    {
                        refusal = failure.Refusal;
                        break;
                    }

                    if (!answered && step is not InferenceDelta { IsSignOfLife: true })
                    {
                        answered = true;
                        node.Load.Succeeded(time.GetElapsedTime(asked).TotalMilliseconds);
                    }

                    if (step is InferenceEnd { Signed: { } signed })
                    {
                        ended = true;
                        metering.Accept(signed, client);
                        experience.Succeeded(node.Key);
                    }

                    yield return step;
                }
            }
            finally
            {
                node.Load.Leave();
                NodeMetrics.Count(ended, refusal?.Code);
                metering.Asked(node, resolved, time.GetElapsedTime(asked), ended, refusal);
                if (answered && !ended) metering.Await(node, resolved, client);
            }

            if (refusal is null) yield break;
            // That one node is too small is worth less than that another one might have taken it.
            if (said is null || !refusal.Code.IsOfSize()) said = refusal;
            if (NodeFault.IsClients(refusal.Code)) break;
            if (!NodeFault.IsHonest(refusal.Code))
            {
                node.Load.Failed(time.GetUtcNow().ToUnixTimeMilliseconds());
                experience.Failed(node.Key);
                audit.Add(AuditMode.Basic, new AuditEntry("node-failed", refusal.Code.Wire()) { Node = node.Key, RequestId = request.RequestId, Model = candidate.ModelId });
            }

            if (answered) break;
        }

        yield return new InferenceFailure(said ?? new Refusal(ErrorCode.NoNodesAvailable, "Every node that fits failed; try again in a moment.", RetryAfterSeconds: 5));
    }

    private async IAsyncEnumerable<InferenceEvent> AskAsync(PeerTarget target, InferenceRequest request, bool streaming, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A whole answer of a node of ours is read as a stream too: only a stream has signs of life in it.
        if (!streaming && !target.Chat)
        {
            yield return await peers.RunAsync(target, request, cancellationToken);
            yield break;
        }

        await foreach (var step in peers.StreamAsync(target, request, cancellationToken))
            if (streaming || step is not InferenceDelta) yield return step;
    }
}
