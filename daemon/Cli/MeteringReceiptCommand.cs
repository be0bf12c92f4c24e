using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai metering receipt FILE|- --router NPUB@URL</c>: has a router show that a record is under a root it announced.</summary>
internal static class MeteringReceiptCommand
{
    /// <summary>A path of 50 hashes and an announcement; escaping can double the latter.</summary>
    private const int MaxAnswerBytes = 64 * 1024;

    private static readonly Argument<string> File = new("FILE") { Description = "the proof of GET /v1/fedai/requests/{id}, or a metering envelope; - reads standard input" };

    private static readonly Option<string> Router = new("--router")
    {
        Description = "the router that was asked, as npub1…@https://host; # and the hash of its TLS key may follow", HelpName = "ROUTER", Required = true,
    };

    public static Command Create()
    {
        var receipt = new Command("receipt", "ask a router to prove that a record is in the books it announced; prints the proof with that") { File, Router, CliOptions.Data };
        receipt.SetAction(RunAsync);
        return receipt;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (!RouterLink.TryParse(arguments.GetValue(Router)!, out var link) || link!.Named is not { } endpoint)
            return await UsageAsync("--router must be npub1…@https://host, and # with 64 hex digits may follow");
        if (!IdentityFile.TryRead(Path.GetFullPath(arguments.GetValue(CliOptions.Data)!), out var key, out var problem)) return await UsageAsync(problem);
        using var own = key;
        if (await ProofInput.ReadAsync(arguments.GetValue(File)!, cancellationToken) is not { } json) return ExitCodes.Usage;
        if (ProofRules.Check(json) is not { Record: { } record, IsValid: true })
        {
            await Errors.TellAsync("this proof does not hold by itself: fedai metering verify says why");
            return ExitCodes.Negative;
        }

        var (told, refusal) = await AskAsync(endpoint, own, record.RequestId, cancellationToken);
        if (told is null)
        {
            await Errors.TellAsync($"{refusal!.Code.Wire()}: {Advice(refusal)}");
            return refusal.Code is ErrorCode.RouterUnreachable || refusal.RetryAfterSeconds is not null ? ExitCodes.TryAgain : ExitCodes.Negative;
        }

        var proof = JsonNode.Parse(json)!.AsObject();
        if (!proof.ContainsKey("metering")) proof = new JsonObject { ["metering"] = proof };
        proof["receipt"] = JsonNode.Parse(told);
        var whole = proof.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        var report = ProofRules.Check(Encoding.UTF8.GetBytes(whole));
        foreach (var wrong in report.Problems) await Errors.TellAsync($"the router's answer is not to be believed: {wrong}");
        if (report.IsValid && report.Receipt!.RouterId != link.Key.Npub) await Errors.TellAsync($"{report.Receipt.RouterId} answered, not {link.Key.Npub}");
        if (!report.IsValid || report.Receipt!.RouterId != link.Key.Npub) return ExitCodes.Negative;
        Console.WriteLine(whole);
        return ExitCodes.Ok;
    }

    private static async Task<(byte[]? Receipt, Refusal? Refusal)> AskAsync(PeerEndpoint router, KeyPair own, string requestId, CancellationToken cancellationToken)
    {
        using var http = new PeerHttp(PrivateNetworks.Lan);
        using var limit = new PeerDeadline(TimeSpan.FromSeconds(30), TimeProvider.System, cancellationToken);
        var request = EnvelopeSealer.Seal(new ReceiptRequest { RequestId = requestId }, ProtocolJson.Default.ReceiptRequest, own, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        try
        {
            using var answer = await http.PostAsync(router, "receipt", request, limit.Token);
            if (!answer.IsSuccessStatusCode) return (null, await PeerRefusal.ReadAsync(answer, ErrorCode.RouterError, limit.Token));
            await using var body = new BoundedStream(await answer.Content.ReadAsStreamAsync(limit.Token), MaxAnswerBytes);
            using var all = new MemoryStream();
            await body.CopyToAsync(all, limit.Token);
            _ = JsonNode.Parse(all.ToArray());
            return (all.ToArray(), null);
        }
        catch (JsonException)
        {
            return (null, new Refusal(ErrorCode.RouterError, "The router's answer is no JSON."));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || limit.Expired(exception))
        {
            return (null, PeerRefusal.Unreachable(exception, ErrorCode.RouterUnreachable, "The router did not answer."));
        }
    }

    /// <summary>What to do about it; the router's own hint did not travel, the number of seconds did.</summary>
    private static string Advice(Refusal refusal) => refusal switch
    {
        { Hint: { } own } => own,
        { Code: ErrorCode.MeteringUnknownRequest, RetryAfterSeconds: { } seconds } => string.Create(CultureInfo.InvariantCulture, $"that quarter of an hour is announced in {seconds} s: ask again then"),
        _ => RefusalAdvice.For(refusal.Code.Wire()),
    };

    private static async Task<int> UsageAsync(string problem)
    {
        await Errors.TellAsync(problem);
        return ExitCodes.Usage;
    }
}
