using Akka.Configuration;
using Akka.Dispatch;

namespace Multiproc.Actors;

/// <summary>Akka's ordinary dispatcher, with its times read by <see cref="QuickConfig"/>: Akka puts the configuration of a dispatcher together anew.</summary>
/// <remarks>Created by Akka, by its name in the configuration.</remarks>
internal sealed class QuickDispatcher(Config config, IDispatcherPrerequisites prerequisites) : MessageDispatcherConfigurator(config, prerequisites)
{
    private readonly DispatcherConfigurator _ordinary = new(QuickConfig.Of(config), prerequisites);

    public override MessageDispatcher Dispatcher() => _ordinary.Dispatcher();
}
