using System.Runtime.CompilerServices;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Messages;
using FedAi.Runners;

namespace FedAi.Daemon.Router;

/// <summary>Every job that this router takes, from whichever door: within the limits of its manifest, and with a line in its audit.</summary>
internal sealed class RouterJobs(JobDispatcher jobs, JobGate gate, AuditLog audit, TimeProvider time)
{
    /// <summary>Runs a request for a client (null: an OpenAI caller without a key). Not streaming gives only the end or the failure.</summary>
    public async IAsyncEnumerable<InferenceEvent> RunAsync(InferenceRequest request, PublicKey? client, bool streaming, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (gate.TryEnter() is { } full)
        {
            audit.AddRefused(new AuditEntry("job", full.Code.Wire()) { Key = client, RequestId = request.RequestId }, isProven: true);
            yield return new InferenceFailure(full);
            yield break;
        }

        var began = time.GetTimestamp();
        var outcome = "cancelled";
        SignedResult? result = null;
        try
        {
            await foreach (var step in jobs.DispatchAsync(request, client, streaming, cancellationToken))
            {
                if (step is InferenceEnd { Signed: { } signed }) (outcome, result) = ("ok", signed);
                else if (step is InferenceFailure { Refusal: var refusal }) outcome = refusal.Code.Wire();
                yield return step;
            }
        }
        finally
        {
            gate.Leave();
            if (audit.Tells(result is null ? AuditMode.Basic : AuditMode.Verbose))
            {
                var entry = new AuditEntry("job", outcome)
                {
                    Key = client,
                    Node = result?.Node,
                    RequestId = request.RequestId,
                    Model = result?.Metering.ModelId,
                    TookMs = (long)time.GetElapsedTime(began).TotalMilliseconds,
                    InputTokens = (long?)result?.Metering.InputTokens,
                    OutputTokens = (long?)result?.Metering.OutputTokens,
                };
                if (result is null) audit.AddRefused(entry, isProven: true);
                else audit.Add(AuditMode.Verbose, entry);
            }
        }
    }
}
