using System.Runtime.CompilerServices;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.Runners;

namespace FedAi.Daemon.Gateway;

/// <summary>
/// Sends a request through a router so that only a trusted node can read it (DECISIONS E11): a quote names the node and its key, the
/// request is sealed to it, the answer opened as it arrives. What fails before the first word is sealed anew, to another node
/// if need be.
/// </summary>
internal sealed class SealedInference(PeerInference peers, QuoteClient quotes, SealedRoutes routes, TrustedNodes trusted)
{
    /// <summary>Each attempt costs the user time; the next router may do better.</summary>
    private const int MaxAttempts = 3;

    /// <summary>Each proposal costs a round trip; a router whose best eight nodes nobody vouches for has none worth waiting for.</summary>
    private const int MaxProposals = 8;

    private static readonly Refusal NoTrustedNode = new(ErrorCode.NoTrustedNode,
        "No node that you trust serves this model; name nodes in gateway.nodes.allow (for PL3 in gateway.ownNodes).");

    /// <summary>The same routers, those last that had no trusted node for such a request a moment ago.</summary>
    public IEnumerable<RouterCandidate> Order(IReadOnlyList<RouterCandidate> ranked, InferenceRequest request)
    {
        var missed = Missed(request);
        return ranked.OrderBy(candidate => routes.IsMissing(candidate.Router.Key, missed));
    }

    public async IAsyncEnumerable<InferenceEvent> StreamAsync(KnownRouter router, PeerTarget target, InferenceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var level = request.PrivacyLevel!.Value;
        var avoid = new HashSet<PublicKey>();
        var refusal = NoTrustedNode;
        var route = routes.Find(router.Key, Wanted(request));
        if (route is not null && !(trusted.MayRead(route.Node, level) && route.Limits.Suit(request))) route = null;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (route is null)
            {
                (route, var none) = await FindAsync(router, request, avoid, cancellationToken);
                if (route is null)
                {
                    if (attempt == 0 && none!.Code == ErrorCode.NoTrustedNode) routes.Miss(router.Key, Missed(request));
                    // What a node said that was asked is worth more than that there is no other one.
                    yield return new InferenceFailure(attempt == 0 ? none! : refusal);
                    yield break;
                }
            }

            Refusal? failed = null;
            var answered = false;
            await foreach (var step in AskAsync(target, route, request, cancellationToken))
            {
                if (step is InferenceFailure failure)
                {
                    failed = failure.Refusal;
                    break;
                }

                if (step is InferenceEnd { Signed: { } signed } && routes.Renew(route, signed.NodeKey) is { } next) routes.Keep(router.Key, Wanted(request), next);
                answered |= step is not InferenceDelta { IsSignOfLife: true };
                yield return step;
            }

            if (failed is null) yield break;
            routes.Forget(router.Key, Wanted(request), route);
            refusal = failed;
            if (answered || RouterFault.IsClients(failed.Code)) break;
            if (failed.Code == ErrorCode.SealKeyExpired && routes.Renew(route, failed.Node) is { } renewed)
            {
                routes.Keep(router.Key, Wanted(request), renewed);
                route = renewed;
                continue;
            }

            avoid.Add(route.Node);
            route = null;
        }

        yield return new InferenceFailure(refusal);
    }

    /// <summary>Finds a trusted node behind the router: one that was named to it, else what it proposes until that is one to trust.</summary>
    private async Task<(SealedRoute? Route, Refusal? Refusal)> FindAsync(KnownRouter router, InferenceRequest request, HashSet<PublicKey> avoid, CancellationToken cancellationToken)
    {
        var level = request.PrivacyLevel!.Value;
        var refusal = NoTrustedNode;
        if (trusted.Named(level).Except(avoid).Select(key => key.Npub).ToList() is { Count: > 0 } named)
        {
            (var offer, refusal) = await QuoteAsync(router, request, new QuoteConstraints { Nodes = named }, cancellationToken);
            if (offer is not null) return trusted.MayRead(offer.Node, level) && !avoid.Contains(offer.Node) ? Kept(router, request, offer) : (null, NoTrustedNode);
        }

        for (var quote = 0; quote < MaxProposals && refusal!.Code == ErrorCode.NoTrustedNode && trusted.MayDoUnnamed(level); quote++)
        {
            var untrusted = avoid.Count > 0 ? new QuoteConstraints { AvoidNodes = [.. avoid.Select(key => key.Npub)] } : null;
            (var offer, refusal) = await QuoteAsync(router, request, untrusted, cancellationToken);
            if (offer is null) break;
            var known = !avoid.Add(offer.Node);
            if (!known && trusted.MayRead(offer.Node, level))
            {
                avoid.Remove(offer.Node);
                return Kept(router, request, offer);
            }

            refusal = NoTrustedNode;
            if (known) break;
        }

        return (null, refusal);
    }

    private (SealedRoute? Route, Refusal? Refusal) Kept(KnownRouter router, InferenceRequest request, SealedRoute route)
    {
        routes.Keep(router.Key, Wanted(request), route);
        return (route, null);
    }

    private async Task<(SealedRoute? Offer, Refusal? Refusal)> QuoteAsync(KnownRouter router, InferenceRequest request, QuoteConstraints? constraints, CancellationToken cancellationToken)
    {
        if (ModelFeatures.NeededBy(request) is { Count: > 0 } needed) constraints = (constraints ?? new QuoteConstraints()) with { Features = needed };
        var (quote, refusal) = await quotes.AskAsync(router, new QuoteRequest
        {
            RequestId = request.RequestId,
            ModelId = request.ModelId,
            MaxTokens = request.MaxTokens,
            InputTokensEstimate = TokenEstimate.Of(request),
            OutputTokensEstimate = request.MaxTokens,
            JobType = request.JobType,
            PrivacyLevel = request.PrivacyLevel,
            Constraints = constraints,
        }, cancellationToken);
        if (quote is null) return (null, refusal!.Code is ErrorCode.NoCapableNodes ? NoTrustedNode : refusal);
        return routes.Read(quote, request.MaxTokens) is { } offered
            ? (offered, null)
            : (null, new Refusal(ErrorCode.RouterError, "The router gave a seal key that the node it names has not signed."));
    }

    private async IAsyncEnumerable<InferenceEvent> AskAsync(PeerTarget target, SealedRoute route, InferenceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var sealedRequest = route.Seal(request, out var answer);
        // Whatever the router does, only this node's signature makes the answer one.
        var calls = new List<ToolCallDelta>();
        await foreach (var step in peers.StreamAsync(target with { ExpectedNode = route.Node }, sealedRequest, cancellationToken))
        {
            switch (step)
            {
                case InferenceDelta { IsSignOfLife: true }:
                    yield return step;
                    break;

                case InferenceDelta delta:
                    if (!answer.TryRead(delta.Text, out var text, out var pieces, out var refusal))
                    {
                        yield return new InferenceFailure(refusal);
                        yield break;
                    }

                    calls.AddRange(pieces);
                    if (text.Length > 0 || pieces.Count > 0) yield return delta with { Text = text, ToolCalls = pieces.Count > 0 ? pieces : null };
                    break;

                case InferenceEnd when answer.FinishReason is not null && calls.Count > 0 && ToolCalls.Join(calls) is null:
                    yield return Failure(ErrorCode.InvalidNodeResponse, "The pieces of the sealed tool calls do not make whole calls.");
                    yield break;

                case InferenceEnd end when answer.FinishReason is { } reason:
                    route.Prepare();
                    yield return end with { FinishReason = reason, ToolCalls = calls.Count > 0 ? ToolCalls.Join(calls) : null };
                    break;

                case InferenceEnd:
                    yield return Failure(ErrorCode.StreamEnded, "The sealed answer was cut off before its end.");
                    yield break;

                default:
                    yield return step;
                    break;
            }
        }
    }

    /// <summary>What a route is good for: a node that serves the model need not know tools.</summary>
    private static string Wanted(InferenceRequest request) => string.Join('\n', [request.ModelId, .. ModelFeatures.NeededBy(request)]);

    /// <summary>At PL3 fewer nodes are trusted, so a router that has none for it may have one for PL2.</summary>
    private static string Missed(InferenceRequest request) => $"{request.PrivacyLevel}\n{Wanted(request)}";

    private static InferenceFailure Failure(ErrorCode code, string hint) => new(new Refusal(code, hint));
}
