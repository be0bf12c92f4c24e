using System.Text.Json;
using FedAi.Daemon.Accounts;
using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;
using FedAi.Runners;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.Accounts;

/// <summary>A router with a node behind it, and callers from elsewhere: a proxy on this machine says so of them.</summary>
internal sealed class KeyedRouter : IAsyncDisposable
{
    private readonly TestFederation federation;

    private KeyedRouter(TestFederation federation) => this.federation = federation;

    public TestDaemon Router => federation.Router;

    public ApiKeys Keys => Router.Services.GetRequiredService<ApiKeys>();

    public KeyPair Owner { get; } = KeyPair.Generate();

    public static async Task<KeyedRouter> StartAsync(IRunner runner) => new(await TestFederation.StartAsync(runner));

    /// <summary>A new key; <paramref name="limit"/> writes its limits.</summary>
    public async Task<(ApiAccount Account, string Secret)> IssueAsync(Func<ApiKeyRow, ApiKeyRow>? limit = null)
    {
        var row = new ApiKeyRow { Id = "", Npub = Owner.PublicKey.Npub, Name = "", CreatedMs = 0, PerSecond = 1000, Burst = 1000 };
        var (account, secret, _) = await Keys.IssueAsync(limit?.Invoke(row) ?? row);
        return (account!, secret!);
    }

    /// <summary>A caller from another machine, with this key or none.</summary>
    public HttpClient CallerFrom(string address, string? secret)
    {
        var http = new HttpClient { BaseAddress = Router.Base };
        http.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        if (secret is not null) http.DefaultRequestHeaders.Add("Authorization", $"Bearer {secret}");
        return http;
    }

    public static async Task<HttpResponseMessage> ChatAsync(HttpClient caller, string model = "scripted", int maxTokens = 8, bool stream = false)
    {
        using var body = new StringContent($$"""{"model":"{{model}}","max_tokens":{{maxTokens}},"stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"hello"}]}""");
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = body };
        return await caller.SendAsync(request, stream ? HttpCompletionOption.ResponseHeadersRead : HttpCompletionOption.ResponseContentRead);
    }

    /// <summary>The members of an error that clients look at.</summary>
    public static async Task<(int Status, string? Code, string? Message)> ErrorAsync(HttpResponseMessage answer)
    {
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        var error = json.RootElement.GetProperty("error");
        return ((int)answer.StatusCode, error.GetProperty("code").GetString(), error.GetProperty("message").GetString());
    }

    public ValueTask DisposeAsync()
    {
        Owner.Dispose();
        return federation.DisposeAsync();
    }
}
