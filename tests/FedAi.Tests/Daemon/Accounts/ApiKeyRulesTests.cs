using FedAi.Daemon.Accounts;
using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;

namespace FedAi.Tests.Daemon.Accounts;

public sealed class ApiKeyRulesTests
{
    [Fact]
    public void TryRead_WholeOrder_IsTheKey()
    {
        var owner = KeyPair.Generate().PublicKey;

        ApiKeyRules.TryRead(new ApiKeyOrder { Op = "new", Npub = owner.Hex, Name = "ana", Tokens = 5, Period = "day", PerSecond = 0.5, Models = ["m"], ExpiresMs = 11 }, nowMs: 10, out var key, out _).ShouldBeTrue();

        (key!.Npub, key.Name, key.Tokens, key.Period, key.PerSecond, key.ExpiresMs).ShouldBe((owner.Npub, "ana", 5, QuotaPeriod.Day, 0.5, 11));
        key.Models.ShouldBe(["m"]);
    }

    [Fact]
    public void TryRead_EverythingWrong_SaysAllOfIt()
    {
        var order = new ApiKeyOrder { Op = "new", Npub = "npub1nonsense", Name = "a\u001b[2J", PerSecond = double.NaN, Burst = 0, Concurrency = 0, Tokens = 0, Period = "7", Models = ["a\nb"], ExpiresMs = 10 };

        ApiKeyRules.TryRead(order, nowMs: 10, out _, out var refusal).ShouldBeFalse();

        foreach (var option in new[] { "--npub", "--name", "--rps", "--burst", "--concurrency", "--tokens", "--per", "--models", "--days" }) refusal!.Hint!.ShouldContain(option);
    }
}
