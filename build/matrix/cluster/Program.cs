using Multiproc;

string journal = args[0];
using var cluster = Mp.Cluster(new ClusterOptions
{
    AuthKey = System.Security.Cryptography.RandomNumberGenerator.GetBytes(32),
    Storage = ClusterStorage.Sqlite(journal),
});
var words = cluster.Queue<string>("words");
using var child = Mp.Process(static words => words.Put("hello from a child"), words);
child.Start();
string found = words.Get(TimeSpan.FromSeconds(60));
child.Join();
Console.WriteLine(found);
return found == "hello from a child" ? 0 : 1;
