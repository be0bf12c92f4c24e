using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Daemon.Hosting;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai metering verify FILE|-</c> and <c>fedai metering summary</c>.</summary>
internal static class MeteringCommand
{
    private static readonly Argument<string> File = new("FILE") { Description = "the proof of GET /v1/fedai/requests/{id}, or a metering envelope; - reads standard input" };
    private static readonly Option<int?> Days = new("--days") { Description = "only the last so many days" };

    public static Command Create()
    {
        var verify = new Command("verify", "check the node's signature over what it did") { File, CliOptions.Json };
        verify.SetAction(VerifyAsync);
        var summary = new Command("summary", "sums per node and model, from the running daemon") { CliOptions.Data, CliOptions.Json, Days };
        summary.SetAction(SummaryAsync);
        return new Command("metering", "records of work done, signed by the nodes") { verify, MeteringReceiptCommand.Create(), summary };
    }

    private static async Task<int> VerifyAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (await ProofInput.ReadAsync(arguments.GetValue(File)!, cancellationToken) is not { } json) return ExitCodes.Usage;
        var report = ProofRules.Check(json);
        var (record, node, problems, receipt) = (report.Record, report.Node, report.Problems, report.Receipt);
        var valid = problems.Count == 0;
        if (arguments.GetValue(CliOptions.Json))
        {
            var answer = new JsonObject { ["valid"] = valid };
            if (!valid) answer["reason"] = string.Join("; ", problems);
            if (record is not null)
            {
                answer["node"] = node!.Npub;
                answer["metering"] = JsonSerializer.SerializeToNode(record, FedAi.Protocol.Json.ProtocolJson.Default.MeteringRecord);
            }

            if (receipt is not null) answer["receipt"] = JsonSerializer.SerializeToNode(receipt, FedAi.Protocol.Json.ProtocolJson.Default.ReceiptProof);
            Console.WriteLine(answer.ToJsonString());
        }
        else if (!valid)
        {
            foreach (var problem in problems) Console.WriteLine($"invalid: {problem}");
        }
        else
        {
            var price = record!.PriceMsat is { } msat ? string.Create(CultureInfo.InvariantCulture, $"{msat} msat") : "no price";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"valid: {record.ModelId}, {record.InputTokens} tokens in, {record.OutputTokens} out, {record.WallTimeMs:0} ms, {price}, signed by {node!.Npub}"));
            if (receipt is not null) Console.WriteLine(InTheBooks(receipt));
        }

        return valid ? ExitCodes.Ok : ExitCodes.Negative;
    }

    private static string InTheBooks(Protocol.Messages.ReceiptProof receipt) => string.Create(CultureInfo.InvariantCulture,
        $"in the books of {receipt.RouterId}: one of {receipt.LeafCount:0} records under the root {receipt.ReceiptHash} of {receipt.ReceiptId}, ")
        + (receipt.Event is null ? "which is its word; compare it with what it announced then" : "as it announced");

    private static async Task<int> SummaryAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var since = arguments.GetValue(Days) is { } days ? TimeProvider.System.GetUtcNow().AddDays(-days).ToUnixTimeMilliseconds() : 0;
        var path = string.Create(CultureInfo.InvariantCulture, $"metering/summary?since={since}");
        if (await RunningDaemon.AskAsync(arguments.GetValue(CliOptions.Data)!, path, cancellationToken) is not { } text) return ExitCodes.TryAgain;
        if (arguments.GetValue(CliOptions.Json))
        {
            Console.WriteLine(text);
            return ExitCodes.Ok;
        }

        Console.WriteLine("requests  tokens in  tokens out  msat  model  node");
        foreach (var total in JsonNode.Parse(text)!["totals"]!.AsArray())
            Console.WriteLine($"{total!["requests"],8}  {total["inputTokens"],9}  {total["outputTokens"],10}  {total["priceMsat"],4}  {total["model"]}  {total["node"]}");
        return ExitCodes.Ok;
    }
}
