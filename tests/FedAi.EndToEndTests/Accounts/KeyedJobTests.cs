using System.Net;
using System.Text.Json.Nodes;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Accounts;

/// <summary>Answers to come back for belong to the API key that asked, and are counted to it.</summary>
public sealed class KeyedJobTests
{
    private const string Elsewhere = "203.0.113.5";

    [Fact]
    public async Task Job_OfAKey_IsItsOwnHoweverItIsSpelledAndCounted()
    {
        await using var router = await KeyedRouter.StartAsync(new ScriptedRunner());
        var (account, secret) = await router.IssueAsync(key => key with { PerSecond = 1000, Burst = 1000 });
        var (_, another) = await router.IssueAsync(key => key);
        using var owner = router.CallerFrom(Elsewhere, secret);
        using var stranger = router.CallerFrom(Elsewhere, another);
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = new StringContent("""{"model":"scripted","messages":[{"role":"user","content":"x"}]}""") };
        request.Headers.Add("Prefer", "respond-async");

        using var accepted = await owner.SendAsync(request);
        accepted.StatusCode.ShouldBe(HttpStatusCode.Accepted, await accepted.Content.ReadAsStringAsync());
        await Patience.UntilAsync(() => account.Current.Usage.Tokens == 11);
        using var others = await stranger.GetAsync(accepted.Headers.Location!);
        using var patience = new CancellationTokenSource(Patience.Limit);
        JsonNode job;
        do
        {
            // Schemes are compared without case (RFC 9110 §11.1).
            using var asking = new HttpRequestMessage(HttpMethod.Get, accepted.Headers.Location!);
            asking.Headers.TryAddWithoutValidation("Authorization", $"bearer {secret}");
            using var answer = await owner.SendAsync(asking, patience.Token);
            job = JsonNode.Parse(await answer.Content.ReadAsStringAsync(patience.Token))!;
        }
        while ((string?)job["status"] == "in_progress");

        others.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        ((string?)job["status"]).ShouldBe("completed", job.ToJsonString());
        account.Current.Running.ShouldBe(0);
    }
}
