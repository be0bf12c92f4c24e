using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.Runners;

namespace FedAi.Daemon.Node;

/// <summary>
/// Runs an admitted request: limits, a free place, the model, and a metering record that is on disk before the answer is
/// called final (DECISIONS E9). A sealed request is metered as it travelled: by its ciphertext (E3, E11). Whoever leaves early leaves a partial record behind, which goes to the router (E4).
/// </summary>
internal sealed class NodeInference(NodeIdentity identity, NodeSealKeys seals, IRunner runner, CapacityGate capacity, NodeMetering metering, TimeProvider time)
{
    private static readonly Refusal Saturated = new(ErrorCode.NodeSaturated, "Every place of this node is taken; ask another node or try again.", RetryAfterSeconds: 1);

    private static readonly Refusal BrokenCalls = new(ErrorCode.RunnerError, "The pieces of the model's tool calls do not make whole calls.");

    public async IAsyncEnumerable<InferenceEvent> RunAsync(InferenceRequest request, PublicKey router, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var models = runner.Models;
        var (work, seal, refusal) = Open(request);
        work = ForRunner(work);
        refusal ??= RequestPolicy.Check(work, identity.Limits, models);
        if (refusal is not null)
        {
            yield return new InferenceFailure(refusal);
            yield break;
        }

        if (!capacity.TryEnter())
        {
            yield return new InferenceFailure(Saturated);
            yield break;
        }

        var draft = new MeteringDraft(request, identity.NodeId, models.First(model => model.Id == request.ModelId).Sha256, identity.Pricing, time);
        var status = MeteringStatus.Partial;
        var holdsPlace = true;
        try
        {
            using var deadline = new PeerDeadline(identity.Limits.MaxRuntime, time, cancellationToken);
            var answer = runner.StreamAsync(work with { CacheKey = CacheScope.Narrow(router, seal is not null, work.CacheKey) }, deadline.Token);
            var told = SignsOfLife.AddAsync(seal is null ? answer : ReadyDeltas.JoinAsync(answer, deadline.Token), time, deadline.Token);
            await using var steps = told.GetAsyncEnumerator(deadline.Token);
            while (await NextAsync(steps, deadline) is { } step)
            {
                switch (step)
                {
                    case InferenceStarted started:
                        draft.Started(started.InputTokens);
                        break;

                    case InferenceDelta { IsSignOfLife: true }:
                        // In clear in a sealed answer too: it says nothing, and is no part of the output.
                        yield return step;
                        break;

                    case InferenceDelta delta:
                        var piece = seal is null ? delta : new InferenceDelta(seal.Seal(delta.Text, delta.ToolCalls), delta.Tokens);
                        draft.Add(piece);
                        yield return piece;
                        break;

                    case InferenceFailure failure:
                        status = MeteringStatus.Failed;
                        yield return failure;
                        yield break;

                    case InferenceEnd end:
                        if (seal is not null)
                        {
                            // Why it ended is sealed as well; what follows is signed in clear.
                            var last = new InferenceDelta(seal.Close(end.FinishReason), Tokens: 0);
                            draft.Add(last);
                            yield return last;
                        }

                        if (!draft.TryEnd(end.InputTokens, end.OutputTokens))
                        {
                            status = MeteringStatus.Failed;
                            yield return new InferenceFailure(BrokenCalls);
                            yield break;
                        }

                        // Whoever reads the end may ask again at once, and finds the place free.
                        capacity.Leave();
                        holdsPlace = false;
                        var (signed, notStored) = await CloseAsync(request, router, draft, end);
                        status = MeteringStatus.Complete;
                        yield return signed is null ? new InferenceFailure(notStored!) : end with { ToolCalls = draft.ToolCalls, Signed = signed };
                        yield break;
                }
            }
        }
        finally
        {
            if (holdsPlace) capacity.Leave();
            if (status != MeteringStatus.Complete && draft.OutputTokens > 0)
                await metering.CommitAndReportAsync(router, draft.Close(status));
        }
    }

    private static async ValueTask<InferenceEvent?> NextAsync(IAsyncEnumerator<InferenceEvent> steps, PeerDeadline deadline)
    {
        try
        {
            return await steps.MoveNextAsync() ? steps.Current : null;
        }
        catch (OperationCanceledException exception) when (deadline.Expired(exception))
        {
            return new InferenceFailure(new Refusal(ErrorCode.RunnerTimeout, "The request ran longer than this node permits."));
        }
    }

    private async Task<(SignedResult? Signed, Refusal? Refusal)> CloseAsync(InferenceRequest request, PublicKey router, MeteringDraft draft, InferenceEnd end)
    {
        var record = draft.Close(MeteringStatus.Complete);
        var response = new InferenceResponse
        {
            RequestId = request.RequestId,
            ModelId = request.ModelId,
            Output = draft.Output,
            Usage = new TokenUsage { InputTokens = end.InputTokens, OutputTokens = end.OutputTokens, CachedTokens = end.CachedTokens > 0 ? end.CachedTokens : null },
            LatencyMs = draft.ElapsedMs,
            FinishReason = request.Sealed is null ? end.FinishReason : null,
            ToolCalls = draft.ToolCalls,
        };
        var meteringEnvelope = Seal(record, ProtocolJson.Default.MeteringRecord);
        var notStored = await metering.CommitAsync(router, record, meteringEnvelope.Wire);
        return notStored is not null
            ? (null, notStored)
            : (new SignedResult(identity.Key.PublicKey, Seal(response, ProtocolJson.Default.InferenceResponse), response, meteringEnvelope, record)
            {
                NodeKey = request.Sealed is null ? null : seals.Current,
            }, null);
    }

    /// <summary>What is to be done: the request itself, or the one that is sealed in it, with the means to seal the answer.</summary>
    private (InferenceRequest Work, SealedAnswerWriter? Seal, Refusal? Refusal) Open(InferenceRequest request) =>
        request.Sealed is null ? (request, null, null)
        : seals.TryOpen(request, out var work, out var answer, out var refusal) ? (work, answer, null)
        : (request, null, refusal);

    /// <summary>As a runner reads it: JSON that travelled as text is JSON again, and a prompt to embed is an input.</summary>
    private static InferenceRequest ForRunner(InferenceRequest work) =>
        JsonInText.Read(work is { JobType: RouterJobType.Embedding, Inputs: null } ? work with { Inputs = [work.Prompt] } : work);

    private Envelope Seal<T>(T payload, JsonTypeInfo<T> type)
    {
        var wire = EnvelopeSealer.Seal(payload, type, identity.Key, time.GetUtcNow().ToUnixTimeMilliseconds());
        return EnvelopeSealer.TryOpen(wire, out var envelope, out var refusal)
            ? envelope
            : throw new InvalidOperationException($"An envelope of this daemon's own could not be opened: {refusal!.Code}.");
    }
}
