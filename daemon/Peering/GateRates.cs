namespace FedAi.Daemon.Peering;

/// <summary>Requests per second of one address and of one key; four seconds' worth may come at once. 0 is no limit.</summary>
internal sealed record GateRates(int ByAddress, int ByKey)
{
    // An address may hide a household or an office; a key is one client. Both are well above what a person causes.
    public static GateRates Normal { get; } = new(ByAddress: 50, ByKey: 20);

    public static GateRates None { get; } = new(0, 0);
}
