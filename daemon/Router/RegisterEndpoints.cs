using System.Buffers;
using System.Text;
using System.Text.Json;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Router;

/// <summary>Where nodes make themselves known to a router and where anybody sees which are known (WIRE 3.3).</summary>
internal sealed class RegisterEndpoints(EnvelopeGate gate, RouterAdmission admit, NodeDirectory nodes, ManifestIntake manifests, AuditLog audit, TimeProvider time)
{
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/register-node", (RequestDelegate)RegisterAsync);
        app.MapPost("/manifest", (RequestDelegate)ManifestAsync);
        app.MapGet("/nodes", (RequestDelegate)NodesAsync);
    }

    private async Task RegisterAsync(HttpContext context)
    {
        var admission = await gate.AdmitAsync(context, ProtocolJson.Default.NodeDescriptor, key => admit.Node(context, key));
        var isKnown = admission.Key is { } key && nodes.Find(key)?.IsActive(time.GetUtcNow().ToUnixTimeMilliseconds()) == true;
        var refusal = admission.Refusal ?? await nodes.RegisterAsync(admission.Key!, admission.Payload, admission.Wire);
        if (refusal is not null) audit.AddRefused(new AuditEntry("node-registers", refusal.Code.Wire()) { Node = admission.Key }, isProven: admission.Key is not null);
        else if (!isKnown) audit.Add(AuditMode.Basic, new AuditEntry("node-registers", "ok") { Node = admission.Key });
        await (refusal is null ? WireAnswer.OkAsync(context.Response) : WireAnswer.RefuseAsync(context.Response, refusal));
    }

    private async Task ManifestAsync(HttpContext context)
    {
        var (key, refusal, ignored) = await manifests.TakeAsync(context);
        if (refusal is not null) audit.AddRefused(new AuditEntry("manifest", refusal.Code.Wire()) { Node = key }, isProven: key is not null);
        else audit.Add(AuditMode.Basic, new AuditEntry("manifest", ignored ?? "ok") { Node = key });
        await (refusal is not null ? WireAnswer.RefuseAsync(context.Response, refusal)
            : ignored is null ? WireAnswer.OkAsync(context.Response)
            // From a closed list, so it needs no escaping.
            : WireAnswer.WriteAsync(context.Response, Encoding.UTF8.GetBytes($$"""{"ok":true,"counts":false,"reason":"{{ignored}}"}""")));
    }

    /// <summary>Strangers see what is offered, not where: endpoints stay out of answers that leave this machine (DECISIONS E18).</summary>
    private async Task NodesAsync(HttpContext context)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var known = nodes.Current;
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            Write(json, "nodes", known, PeerAddress.IsLocal(context));
            Write(json, "active", known.Where(node => node.IsActive(now)), PeerAddress.IsLocal(context));
            json.WriteEndObject();
        }

        await WireAnswer.WriteAsync(context.Response, body.WrittenMemory);
    }

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<NodeEntry> nodes, bool withEndpoint)
    {
        json.WriteStartArray(name);
        foreach (var node in nodes)
        {
            var seen = node.Descriptor with
            {
                Endpoint = withEndpoint ? node.Descriptor.Endpoint : "",
                LastHeartbeatMs = node.SeenAtMs,
            };
            JsonSerializer.Serialize(json, seen, ProtocolJson.Default.NodeDescriptor);
        }

        json.WriteEndArray();
    }
}
