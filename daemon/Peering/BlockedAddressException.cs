namespace FedAi.Daemon.Peering;

/// <summary>Ends a connection attempt to an address that <see cref="AddressPolicy"/> does not allow; caught where the request was made.</summary>
internal sealed class BlockedAddressException() : IOException("The address is not allowed by http.allowPrivate.");
