using System.Text.Json.Serialization;

namespace FedAi.Daemon.Node;

/// <summary>Whether any model file may be loaded, or only those the operator approved by their hash.</summary>
internal enum ModelPolicy
{
    Open,

    [JsonStringEnumMemberName("approved-only")]
    ApprovedOnly,
}
