using System.Text;
using System.Text.Json.Nodes;
using FedAi.Daemon.OpenAi;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Router;
using FedAi.Daemon.Store;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Control;

/// <summary>All that this daemon knows of one request: quotes, who was asked, what nodes signed, and the announced receipt it is part of. On this machine only, and nothing of what was asked or answered.</summary>
internal static class TraceEndpoints
{
    public static void MapTrace(this IEndpointRouteBuilder app) => app.MapGet("/trace/{id}", TraceAsync);

    private static async Task TraceAsync(HttpContext context, string id, IServiceProvider services)
    {
        if (!PeerAddress.IsLocal(context))
        {
            await WireAnswer.RefuseAsync(context.Response, new Refusal(ErrorCode.NotFound, "Requests are traced on this machine only."));
            return;
        }

        id = OpenAiOperation.RequestIdOf(id);
        var steps = services.GetRequiredService<RequestTraces>().Find(id);
        IReadOnlyList<MeteringRow> records = services.GetRequiredService<MeteringTable>().Get(id);
        if (records.Count == 0 && services.GetService<ProofStore>()?.Metering(id) is { } proven) records = [proven];
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        JsonArray? receipts = null;
        if (services.GetService<RouterReceipts>() is { } books)
        {
            receipts = [];
            foreach (var record in records) receipts.Add((JsonNode)ToJson(await books.WindowOfAsync(record.TsMs, now, context.RequestAborted)));
        }

        var answer = new JsonObject
        {
            ["requestId"] = id,
            ["steps"] = new JsonArray([.. steps.Select(ToJson)]),
            ["metering"] = new JsonArray([.. records.Select(ToJson)]),
            ["receipts"] = receipts,
        };
        await WireAnswer.WriteAsync(context.Response, Encoding.UTF8.GetBytes(answer.ToJsonString()));
    }

    private static JsonObject ToJson(TraceStep step) => new()
    {
        ["what"] = step.Kind.ToString().ToLowerInvariant(),
        ["atMs"] = step.AtMs,
        ["peer"] = step.Peer.Npub,
        ["model"] = step.Model,
        ["tookMs"] = step.TookMs,
        ["outcome"] = step.Outcome,
        ["priceMsat"] = step.PriceMsat,
    };

    private static JsonObject ToJson(MeteringRow record) => new()
    {
        ["node"] = record.Node,
        ["client"] = record.Client,
        ["model"] = record.Model,
        ["status"] = record.Status,
        ["inputTokens"] = record.InputTokens,
        ["outputTokens"] = record.OutputTokens,
        ["wallTimeMs"] = record.WallMs,
        ["priceMsat"] = record.PriceMsat,
        ["tsMs"] = record.TsMs,
    };

    private static JsonObject ToJson(ReceiptWindow window) => new()
    {
        ["receiptId"] = window.Id,
        ["root"] = window.Root.Length > 0 ? window.Root : null,
    };
}
