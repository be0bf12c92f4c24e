using FedAi.Daemon.Hosting;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.RelayDiscovery.Connections;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.Peering;

/// <summary>A router's relay behind its self-made certificate, named in relays.bootstrap: no authority vouches for it.</summary>
public sealed class PinnedRelayTests
{
    private static readonly HttpOptions Pinned = new() { Tls = new TlsOptions { Mode = TlsMode.Pinned } };

    [Theory, InlineData(false), InlineData(true)]
    public async Task Relay_NamedWithItsKeyHash_IsReadAndPublishedTo(bool byTheNextKey)
    {
        await using var router = await TestDaemon.StartAsync(Role.Router, new FedAiOptions { Http = Pinned });
        var pins = router.Services.GetRequiredService<PublicAddress>().TlsSpki!;
        var named = byTheNextKey ? $"{RelayOf(router)}#{new string('0', 64)}#{pins[0]}" : $"{RelayOf(router)}#{pins[0]}";

        await using var other = await TestDaemon.StartAsync(Role.Router, new FedAiOptions { Relays = new RelayOptions { Publish = [named] } });

        await Patience.UntilAsync(() => Knows(other, router.Key.PublicKey) && Knows(router, other.Key.PublicKey));
    }

    [Fact]
    public async Task Relay_NamedWithAnotherHashOrNone_IsNotSpokenToAndSaysWhatIsMissing()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router, new FedAiOptions { Http = Pinned });
        foreach (var named in (string[])[RelayOf(router).ToString(), $"{RelayOf(router)}#{new string('a', 64)}"])
        {
            await using var reader = await TestDaemon.StartAsync(Role.Gateway, Read(named));

            await Patience.UntilAsync(() => Status(reader, RelayOf(router)) is { Failures: > 0, Problem: not null });

            Status(reader, RelayOf(router)).Problem!.ShouldContain("#");
            Status(reader, RelayOf(router)).State.ShouldNotBe(RelayState.Connected);
        }
    }

    /// <summary>A router that is trusted may say which key its relay has; a stranger may not say so of a relay that the operator chose.</summary>
    [Fact]
    public async Task Relay_NamedWithoutAHash_IsReadByTheAnnouncementOfItsRouterIfThatIsTrusted()
    {
        await using var meeting = await OwnRelay.StartAsync();
        await using var router = await TestDaemon.StartAsync(Role.Router, new FedAiOptions { Http = Pinned, Relays = new RelayOptions { Publish = [meeting.Url.ToString()] } });
        var options = Read(RelayOf(router).ToString(), meeting.Url.ToString());
        await using var stranger = await TestDaemon.StartAsync(Role.Gateway, options);
        await using var follower = await TestDaemon.StartAsync(Role.Gateway, options with { Filter = new FilterOptions { Follow = [router.Key.PublicKey.Npub] } });

        await Patience.UntilAsync(() => Status(follower, RelayOf(router)).State is RelayState.Connected);
        await Patience.UntilAsync(() => Knows(stranger, router.Key.PublicKey));
        var before = Status(stranger, RelayOf(router)).Failures;
        await Patience.UntilAsync(() => Status(stranger, RelayOf(router)).Failures > before + 1);

        Status(stranger, RelayOf(router)).State.ShouldNotBe(RelayState.Connected);
        Status(follower, RelayOf(router)).IsConfigured.ShouldBeTrue();
    }

    private static FedAiOptions Read(params string[] relays) => new() { Relays = new RelayOptions { Bootstrap = relays } };

    private static Uri RelayOf(TestDaemon router) => new($"wss://127.0.0.1:{router.Base.Port}/relay");

    private static RelayStatus Status(TestDaemon daemon, Uri relay) => daemon.Services.GetRequiredService<RelayPool>().Status.Single(status => status.Relay == relay);

    private static bool Knows(TestDaemon daemon, PublicKey router) => daemon.Services.GetRequiredService<RouterDirectory>().Find(router) is not null;
}
