using System.Buffers;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.Runners;

namespace FedAi.Daemon.Router;

/// <summary>Signed inference requests of clients and gateways (WIRE 3.3): the whole answer, or a stream; and what nodes report of requests whose asker left.</summary>
internal sealed class InferEndpoints(EnvelopeGate gate, RouterAdmission admit, RouterJobs jobs, AuditLog audit, NodeDirectory nodes, RouterMetering metering)
{
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/infer", (RequestDelegate)InferAsync);
        app.MapPost("/infer/stream", (RequestDelegate)StreamAsync);
        app.MapPost("/metering", (RequestDelegate)MeteringAsync);
    }

    private async Task InferAsync(HttpContext context)
    {
        var admission = await AdmitAsync(context);
        var refusal = Problem(admission);
        if (refusal is null)
        {
            await foreach (var step in jobs.RunAsync(admission.Payload, admission.Key, streaming: false, context.RequestAborted))
            {
                if (step is InferenceFailure failure) refusal = failure.Refusal;
                if (step is not InferenceEnd { Signed: { } signed }) continue;
                var body = new ArrayBufferWriter<byte>(2048);
                PeerStreamWriter.WriteFinal(body, signed);
                await WireAnswer.WriteAsync(context.Response, body.WrittenMemory);
                return;
            }
        }

        await WireAnswer.RefuseAsync(context.Response, refusal!);
    }

    private async Task StreamAsync(HttpContext context)
    {
        var admission = await AdmitAsync(context);
        if (Problem(admission) is { } refusal)
        {
            await WireAnswer.RefuseAsync(context.Response, refusal);
            return;
        }

        var steps = jobs.RunAsync(admission.Payload, admission.Key, streaming: true, context.RequestAborted);
        await PeerStreamWriter.WriteAsync(context.Response, admission.Payload, steps, context.RequestAborted);
    }

    private async ValueTask<Admission<InferenceRequest>> AdmitAsync(HttpContext context)
    {
        var admission = await gate.AdmitAsync(context, ProtocolJson.Default.InferenceRequest, key => admit.Client(context, key));
        if (admission.Refusal is null) RequestIds.Write(context.Response, admission.Payload.RequestId);
        return admission;
    }

    private Refusal? Problem(Admission<InferenceRequest> admission)
    {
        var refusal = admission.Refusal ?? RequestValues.Problem(admission.Payload);
        if (refusal is not null) audit.AddRefused(new AuditEntry("request", refusal.Code.Wire()) { Key = admission.Key }, isProven: admission.Key is not null);
        return refusal;
    }

    /// <summary>A node's record of a run whose asker left or that failed (DECISIONS E4).</summary>
    private async Task MeteringAsync(HttpContext context)
    {
        var admission = await gate.AdmitAsync(context, ProtocolJson.Default.MeteringRecord, key => nodes.Find(key) is null
            ? new Refusal(ErrorCode.NodeNotAllowed, "Only registered nodes report metering; register first.")
            : null);
        var refusal = admission.Refusal ?? await metering.AcceptPartialAsync(nodes.Find(admission.Key)!, admission.Payload, admission.Wire);
        await (refusal is null ? WireAnswer.OkAsync(context.Response) : WireAnswer.RefuseAsync(context.Response, refusal));
    }
}
