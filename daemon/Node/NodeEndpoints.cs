using System.Buffers;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Runners;

namespace FedAi.Daemon.Node;

/// <summary>What a node answers over HTTP (WIRE 3.4): only signed requests of the routers its operator named, or that it joined (node.join). No route leads to another node.</summary>
internal sealed class NodeEndpoints(EnvelopeGate gate, NodeInference inference, RouterLinks routers, TrustScores trust)
{
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/infer", (RequestDelegate)InferAsync);
        app.MapPost("/infer/stream", (RequestDelegate)StreamAsync);
    }

    private async Task StreamAsync(HttpContext context)
    {
        var admission = await AdmitAsync(context);
        if (admission.Refusal is { } refusal)
        {
            await WireAnswer.RefuseAsync(context.Response, refusal);
            return;
        }

        var steps = inference.RunAsync(admission.Payload, admission.Key, context.RequestAborted);
        await PeerStreamWriter.WriteAsync(context.Response, admission.Payload, steps, context.RequestAborted);
    }

    private async Task InferAsync(HttpContext context)
    {
        var admission = await AdmitAsync(context);
        var refusal = admission.Refusal;
        if (refusal is null)
        {
            await foreach (var step in inference.RunAsync(admission.Payload, admission.Key, context.RequestAborted))
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

    private async ValueTask<Admission<InferenceRequest>> AdmitAsync(HttpContext context)
    {
        var admission = await gate.AdmitAsync(context, ProtocolJson.Default.InferenceRequest, key => AdmissionPolicy.Router(trust.Judge(key), routers.Keys, key));
        if (admission.Refusal is null) RequestIds.Write(context.Response, admission.Payload.RequestId);
        return admission;
    }
}
