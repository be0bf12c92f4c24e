using System.Reflection;

namespace FedAi.Daemon.Hosting;

/// <summary>The version that <c>fedai --version</c>, manifests and <c>/status</c> give.</summary>
internal static class ProductVersion
{
    public static string Text { get; } = typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
