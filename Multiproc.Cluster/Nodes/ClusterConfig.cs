using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.DistributedData;
using Akka.Event;
using Akka.Persistence.Sql;
using Akka.Remote.Transport.DotNetty;
using Multiproc.Transport.Tcp;

namespace Multiproc.Cluster.Nodes;

/// <summary>The configuration of the actor system of a node.</summary>
internal static class ClusterConfig
{
    /// <summary>What an actor system needs that talks to nodes, member or not.</summary>
    private const string Talking = """
        akka {
          stdout-logger-class = "Multiproc.Actors.AkkaLog, Multiproc.Actors"
          loggers = ["Multiproc.Actors.AkkaLog, Multiproc.Actors"]
          stdout-loglevel = WARNING
          loglevel = WARNING
          log-dead-letters = off
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          coordinated-shutdown.exit-clr = off
          actor {
            provider = remote
            serializers.multiproc = "Multiproc.Cluster.Nodes.ClusterSerializer, Multiproc.Cluster"
            serialization-bindings {
              "Multiproc.Cluster.Admission.AdmissionQuestion, Multiproc.Cluster" = multiproc
              "Multiproc.Cluster.Admission.AdmissionAnswer, Multiproc.Cluster" = multiproc
              "Multiproc.Cluster.Operating.ToOperator, Multiproc.Cluster" = multiproc
              "Multiproc.Cluster.Operating.FromOperator, Multiproc.Cluster" = multiproc
              "Multiproc.Cluster.Nodes.PortQuestion, Multiproc.Cluster" = multiproc
              "Multiproc.Cluster.Nodes.PortAnswer, Multiproc.Cluster" = multiproc
            }
          }
          remote.dot-netty.tcp {
            enable-ssl = on
            # On Linux the runtime would also share the port, and two nodes could listen at one.
            tcp-reuse-addr = off
            hostname = "127.0.0.1"
            port = 0
            maximum-frame-size = 8 MiB
            send-buffer-size = 16 MiB
            receive-buffer-size = 16 MiB
            batching.enabled = off
          }
        }
        """;

    /// <remarks>
    /// The margins are short, since safety does not rest on them: the journal refuses the second owner, whenever it writes. Removal without a margin, hand-off
    /// and retries within seconds, no unloading by Akka's timer (which does not know of waiters), nothing remembered by the sharding (stand-ins wake their
    /// objects). The coordinator keeps its state in memory of all nodes: lost with the last one, and then not needed.
    /// </remarks>
    private const string Defaults = """
        akka {
          actor {
            provider = cluster
            serialization-bindings {
              "Multiproc.Cluster.Sessions.EntityEnvelope, Multiproc.Cluster" = multiproc
              "Multiproc.Cluster.Sessions.ToGateway, Multiproc.Cluster" = multiproc
              "Multiproc.Cluster.Journal.JournalRecord, Multiproc.Cluster" = multiproc
            }
          }
          cluster {
            downing-provider-class = "Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster"
            down-removal-margin = 1 ms
            gossip-interval = 200 ms
            leader-actions-interval = 200 ms
            unreachable-nodes-reaper-interval = 200 ms
            periodic-tasks-initial-delay = 300 ms
            seed-node-timeout = 2 s
            shutdown-after-unsuccessful-join-seed-nodes = off
            failure-detector {
              implementation-class = "Multiproc.Cluster.Nodes.NeighbourDetector, Multiproc.Cluster"
              heartbeat-interval = 300 ms
              acceptable-heartbeat-pause = 1500 ms
              threshold = 8
              expected-response-after = 300 ms
            }
            split-brain-resolver {
              active-strategy = keep-majority
              down-all-when-unstable = off
            }
            singleton.hand-over-retry-interval = 300 ms
            sharding {
              state-store-mode = ddata
              remember-entities = off
              passivate-idle-entity-after = off
              retry-interval = 300 ms
              handoff-timeout = 5 s
              shard-start-timeout = 3 s
              shard-failure-backoff = 1 s
              entity-restart-backoff = 1 s
              coordinator-failure-backoff = 1 s
              waiting-for-state-timeout = 1 s
              updating-state-timeout = 2 s
              rebalance-interval = 2 s
              least-shard-allocation-strategy.rebalance-absolute-limit = 20
              distributed-data {
                majority-min-cap = 2
                durable.keys = []
              }
              coordinator-state {
                write-majority-plus = 0
                read-majority-plus = 0
              }
            }
          }
          persistence {
            journal.plugin = "akka.persistence.journal.sql"
            snapshot-store.plugin = "akka.persistence.snapshot-store.sql"
            snapshot-store.sql.auto-initialize = on
            journal.sql {
              auto-initialize = on
              warn-on-auto-init-fail = on
              # It takes a writer that comes back for an old one: a node that owns an object again, after another one did. The unique index refuses old ones.
              replay-filter.mode = off
            }
            # A storage that is back is used again within seconds, by any plug-in. Akka's own times are 30 and 60 s.
            journal-plugin-fallback.circuit-breaker {
              max-failures = 10
              call-timeout = 10 s
              reset-timeout = 2 s
            }
            snapshot-store-plugin-fallback.circuit-breaker {
              max-failures = 10
              call-timeout = 10 s
              reset-timeout = 2 s
            }
          }
        }
        """;

    public static Config Make(ClusterOptions options)
    {
        string own = string.Create(CultureInfo.InvariantCulture, $$"""
            akka {
              remote.dot-netty.tcp {
                hostname = {{Quoted(options.Host)}}
                port = {{options.Port}}
              }
              # Workers of pools finish what they have begun.
              coordinated-shutdown.phases.before-service-unbind.timeout = {{options.Timeout.TotalMilliseconds + 1000}} ms
              cluster {
                roles = [{{string.Join(", ", options.Roles.Select(Quoted))}}]
                split-brain-resolver.stable-after = {{options.StableAfter.TotalMilliseconds}} ms
              }
              persistence.snapshot-store.sql {
                connection-string = {{Quoted(options.Storage!.Snapshots)}}
                provider-name = {{Quoted(options.Storage.Provider)}}
              }
              persistence.journal.sql {
                connection-string = {{Quoted(options.Storage!.Connection)}}
                provider-name = {{Quoted(options.Storage.Provider)}}
                parallelism = {{(options.Storage.IsFile ? 1 : 3)}}
              }
            }
            """);
        return Parsed(options.Hocon)
            .WithFallback(ConfigurationFactory.ParseString(own))
            .WithFallback(ConfigurationFactory.ParseString(Defaults))
            .WithFallback(ConfigurationFactory.ParseString(Talking))
            .WithFallback(ClusterSharding.DefaultConfig())
            .WithFallback(ClusterSingleton.DefaultConfig())
            .WithFallback(DistributedData.DefaultConfig())
            .WithFallback(SqlPersistence.DefaultConfiguration);
    }

    private static Config Parsed(string hocon)
    {
        try
        {
            return ConfigurationFactory.ParseString(hocon);
        }
        catch (Exception malformed) when (malformed is ConfigurationException or FormatException)
        {
            throw new ArgumentException($"ClusterOptions.Hocon is not HOCON: {malformed.Message}", malformed);
        }
    }

    /// <summary>The configuration of a system that is no member, and asks nodes.</summary>
    public static Config MakeForOperator() => ConfigurationFactory.ParseString(Talking);

    /// <summary>TLS on both sides, with the certificate that is derived from the key.</summary>
    public static DotNettySslSetup Tls(X509Certificate2 certificate) => new(
        certificate,
        suppressValidation: false,
        requireMutualAuthentication: true,
        customValidator: (other, _, peer, _, log) =>
        {
            if (KeyCertificate.IsSame(certificate, other))
            {
                return true;
            }

            log.Warning("A process at {0} was refused: it has another AuthKey, or none. Give it the key of this cluster if it is to be part of it.", peer);
            return false;
        });

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
