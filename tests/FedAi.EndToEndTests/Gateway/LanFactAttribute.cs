using System.Net;
using System.Net.NetworkInformation;
using FedAi.Daemon.Peering;

namespace FedAi.EndToEndTests.Gateway;

/// <summary>A test over an address of this machine that is neither loopback nor public; skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LanFactAttribute : FactAttribute
{
    public LanFactAttribute() => Skip = Address is null ? "this machine has no address of a LAN" : null;

    /// <summary>Without a zone, so that it can stand in a URL.</summary>
    public static IPAddress? Address { get; } =
        (from network in NetworkInterface.GetAllNetworkInterfaces()
         where network.OperationalStatus == OperationalStatus.Up
         from own in network.GetIPProperties().UnicastAddresses
         where !own.Address.IsIPv6LinkLocal && AddressPolicy.Allows(own.Address, PrivateNetworks.Lan) && !AddressPolicy.Allows(own.Address, PrivateNetworks.Loopback)
         select own.Address).FirstOrDefault();
}
