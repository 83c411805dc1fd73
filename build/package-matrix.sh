#!/usr/bin/env bash
# The packages as their users meet them: packs them into a folder, then builds, publishes and runs programs of every kind that reference nothing else, each in a
# folder of its own, with an empty package cache. Ends with a table, and with exit code 1 if anything failed. docs/testing.md has the last results.
#
#   build/package-matrix.sh               all
#   build/package-matrix.sh xunit2 file   only these (the names in the table)
#   MATRIX_FEED=DIR build/…               with the packages of that folder, which are not packed again
#   MATRIX_KEEP=1 build/…                 leaves its folder
set -u
cd "$(dirname "$0")/.."
repository=$PWD
work=$(mktemp -d "${TMPDIR:-/tmp}/package-matrix.XXXXXX")
[ -n "${MATRIX_KEEP:-}" ] && echo "in $work" || trap 'rm -rf "$work"' EXIT
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false MSBUILDTERMINALLOGGER=off
begin=$SECONDS

feed=${MATRIX_FEED:-$work/feed}
if [ -z "${MATRIX_FEED:-}" ]; then
  dotnet pack Multiproc.sln -c Release -o "$feed" >"$work/pack.log" 2>&1 || { cat "$work/pack.log"; echo "packing failed"; exit 1; }
fi
version=$(basename "$feed"/Multiproc.TestKit.*.nupkg .nupkg); version=${version#Multiproc.TestKit.}
packed=$((SECONDS - begin))
echo "Multiproc $version packed in $packed s"

# Everything from here on sees this cache alone, and the packages under test.
export NUGET_PACKAGES=$work/cache MultiprocVersion=$version XDG_RUNTIME_DIR=$work/run XDG_DATA_HOME=$work/data TMPDIR=$work/tmp
mkdir -p "$work/run" "$work/tmp" "$work/apps" "$work/results"; chmod 700 "$work/run"
cat >"$work/NuGet.Config" <<XML
<configuration><packageSources><add key="packages-under-test" value="$feed" /></packageSources></configuration>
XML
echo '<Project />' >"$work/Directory.Build.props"

pinned() { sed -n "s/.*Include=\"$1\" Version=\"\([^\"]*\)\".*/\1/p" "$repository/Directory.Packages.props"; }

# A fresh folder with the sources of a kind of program: lay NAME SOURCES
lay() {
  mkdir -p "$work/apps/$1"
  cp -r "$repository/build/matrix/$2/." "$work/apps/$1"
  [ "$2" = fsharp ] || [ "$2" = cluster ] || cp "$repository/build/matrix/Checks.cs" "$work/apps/$1"
  local package
  for package in $(grep -oh '@[A-Za-z.0-9]*@' "$work/apps/$1"/*.csproj 2>/dev/null | tr -d @ | sort -u); do
    sed -i "s/@$package@/$(pinned "$package")/" "$work/apps/$1"/*.csproj
  done
  cd "$work/apps/$1"
}

# Runs a program away from where it was built.
elsewhere() { mkdir -p "$work/elsewhere"; (cd "$work/elsewhere" && timeout 120 "$@"); }

# Fails unless a command is refused by our sentence, once.
refused() {
  local output
  output=$("$@" 2>&1) && { echo "$output"; echo "was not refused: $*"; return 1; }
  echo "$output" | grep -F 'error MULTIPROC001: A program that uses Multiproc cannot be trimmed' | sort -u
  [ "$(echo "$output" | grep ' error ' | sort -u | grep -vc MULTIPROC001)" -eq 0 ] || { echo "$output"; return 1; }
}

publish() { # publish NAME PROGRAM OPTIONS…
  local name=$1; shift
  local program=$1; shift
  lay "$name" console && dotnet publish app.csproj -c Release -o "$work/out/$name" "$@" && mv "$work/out/$name" "$work/out/$name.moved" && rm -rf "$work/apps/$name" \
    && elsewhere "${program//OUT/$work/out/$name.moved}"
}

app() { # The program of one source file: app NAME MORE-DIRECTIVES
  mkdir -p "$work/apps/$1" && cd "$work/apps/$1"
  local checks=$repository/build/matrix/Checks.cs
  { printf '#:package Multiproc@%s\n%s' "$version" "$2"; grep '^using' "$checks"; echo 'string found = Checks.Run(); Console.WriteLine(found);'
    echo 'return found == Checks.Expected ? 0 : 1;'; grep -v '^using' "$checks"; } >app.cs
}

do_console() {
  # A file of the program's own, which must not be taken for one of the package.
  lay console console && echo mine >notes.txt && dotnet build app.csproj -c Release && [ ! -e bin/Release/net10.0/notes.txt ] \
    && [ -e bin/Release/net10.0/Multiproc.Host.runtimeconfig.json ] && elsewhere "$work/apps/console/bin/Release/net10.0/app" \
    && dotnet restore app.csproj --locked-mode && elsewhere dotnet "$work/apps/console/bin/Release/net10.0/app.dll"
}
do_new() { # What somebody types who has the SDK alone.
  mkdir -p "$work/apps/new" && cd "$work/apps/new" && dotnet new console && dotnet add package Multiproc --version "$version" \
    && printf 'using Multiproc;\nusing var pool = Mp.Pool(4);\nConsole.WriteLine(pool.Map(static x => x * x, Enumerable.Range(0, 100)).Sum());\n' >Program.cs \
    && [ "$(dotnet run)" = 328350 ]
}
do_xunit2() { lay xunit2 xunit2 && dotnet test app.csproj -c Release; }
do_xunit3() { lay xunit3 xunit3 && dotnet test app.csproj -c Release && elsewhere "$work/apps/xunit3/bin/Release/net10.0/app"; }
do_web() { lay web web && dotnet build app.csproj -c Release && elsewhere "$work/apps/web/bin/Release/net10.0/app"; }
do_worker() { lay worker worker && dotnet build app.csproj -c Release && elsewhere "$work/apps/worker/bin/Release/net10.0/app"; }
do_fsharp() { lay fsharp fsharp && dotnet build app.fsproj -c Release && elsewhere "$work/apps/fsharp/bin/Release/net10.0/app"; }
do_cluster() { lay cluster cluster && dotnet build app.csproj -c Release && elsewhere "$work/apps/cluster/bin/Release/net10.0/app" "$work/cluster.journal"; }
do_file() { app file '' && elsewhere dotnet run "$work/apps/file/app.cs"; }
do_file_publish() { app file_publish '' && dotnet publish app.cs -o "$work/out/file" && elsewhere "$work/out/file/app"; }
do_dependent() { publish dependent OUT/app; }
do_contained() { publish contained OUT/app -r linux-x64 --self-contained; }
do_single() { publish single OUT/app -r linux-x64 --self-contained false -p:PublishSingleFile=true; }
do_single_contained() { publish single_contained OUT/app -r linux-x64 --self-contained -p:PublishSingleFile=true; }
do_ready() { publish ready OUT/app -r linux-x64 --self-contained false -p:PublishReadyToRun=true; }
do_trimmed() { lay trimmed console && refused dotnet publish app.csproj -c Release -r linux-x64 --self-contained -p:PublishTrimmed=true; }
do_native() { lay native console && refused dotnet publish app.csproj -c Release -r linux-x64 -p:PublishAot=true; }
do_file_native() { app file_native $'#:property PublishAot=true\n' && refused dotnet publish app.cs; }
do_watch() { # A program that Hot Reload changes is told that its children run the code as built.
  local log=$work/watch.log watch code=0
  lay watch watch && dotnet build app.csproj
  timeout 120 dotnet watch --non-interactive run >"$log" 2>&1 &
  watch=$!
  says() { for _ in $(seq 600); do grep -q "$1" "$log" && return; kill -0 $watch || break; sleep 0.1; done; cat "$log"; echo "it never said '$1'"; return 1; }
  says 'before and the worker is elsewhere' && sed -i 's/says before/says after/' Program.cs && says 'after and the worker is elsewhere' \
    && says 'The program was changed by Hot Reload' || code=1
  kill $watch
  wait $watch || true
  return $code
}
do_analyzers() { # They come with each of the packages, and the output of these builds has their warnings.
  local package
  for package in Multiproc.Hosting Multiproc.Cluster; do
    mkdir -p "$work/apps/analyzers/$package" && cd "$work/apps/analyzers/$package"
    cat >app.csproj <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageReference Include="$package" Version="$version" /></ItemGroup>
</Project>
XML
    printf 'using Multiproc;\nvar gate = Mp.Lock();\ngate.Hold();\n' >Program.cs
    dotnet build app.csproj -c Release >build.txt 2>&1 || { cat build.txt; return 1; }
    grep -q 'warning MP004' build.txt || { echo "$package brings no analyzers"; return 1; }
  done
}
do_tool() {
  cd "$work" && dotnet tool install multiproc-host --tool-path "$work/tool" --version "$version" && elsewhere "$work/tool/multiproc-host" --help \
    && elsewhere "$work/tool/multiproc-host" node --help | grep -F accept-code \
    && elsewhere "$work/tool/multiproc-host" dashboard --help | grep -F interval \
    && elsewhere "$work/tool/multiproc-host" top --once \
    && (sleep 1000 & other=$!; code=0; elsewhere "$work/tool/multiproc-host" stack $other || code=$?; kill $other; [ $code = 4 ])
}

declare -A titles=(
  [console]="console program, TreatWarningsAsErrors, packages.lock.json" [new]="dotnet new console, add package, dotnet run" [xunit2]="xunit 2, dotnet test"
  [xunit3]="xunit 3, dotnet test and as a program" [web]="ASP.NET Core, with the dashboard and the progress bar" [worker]="Generic Host, with Multiproc.Hosting" [fsharp]="F#"
  [cluster]="Multiproc.Cluster, one node" [file]="dotnet run app.cs" [file_publish]="dotnet publish app.cs" [dependent]="published, framework-dependent"
  [contained]="published, self-contained" [single]="published, single file" [single_contained]="published, single file, self-contained"
  [ready]="published, ReadyToRun" [trimmed]="PublishTrimmed is refused" [native]="PublishAot is refused" [file_native]="app.cs with PublishAot is refused"
  [watch]="changed under dotnet watch" [analyzers]="analyzers, by Multiproc.Hosting or Multiproc.Cluster alone" [tool]="dotnet tool install multiproc-host")
all="console new xunit2 xunit3 web worker fsharp cluster file file_publish dependent contained single single_contained ready trimmed native file_native watch analyzers tool"
chosen=${*:-$all}

run() {
  local start=$SECONDS
  (set -e; "do_$1") </dev/null >"$work/results/$1.log" 2>&1
  echo "$? $((SECONDS - start))" >"$work/results/$1"
}

# The first one fills the cache; the others go two at a time.
running=0
for name in $chosen; do
  [ -n "${titles[$name]:-}" ] || { echo "There is no $name: $all"; exit 2; }
  run "$name" &
  running=$((running + 1))
  if [ "$name" = "${chosen%% *}" ]; then wait; running=0; fi
  if [ "$running" -ge 2 ]; then wait -n; running=$((running - 1)); fi
done
wait

failed=0
printf '\n| program | result | s | start of a process |\n|---|---|---:|---:|\n'
for name in $chosen; do
  read -r code seconds <"$work/results/$name"
  start=$(sed -n 's/^start: //p' "$work/results/$name.log" | head -1)
  if grep -Eq 'warning [A-Z]+[0-9]+' "$work/results/$name.log"; then code=${code/#0/warnings}; fi
  [ "$code" = 0 ] && result=passed || { result="FAILED ($code)"; failed=$((failed + 1)); }
  printf '| %s | %s | %s | %s |\n' "${titles[$name]}" "$result" "$seconds" "$start"
done
printf '\n%s programs, %s failed, in %s s, %s of them packing. %s, %s processors, SDK %s, %s.\n' \
  "$(wc -w <<<"$chosen")" "$failed" "$((SECONDS - begin))" "$packed" "$(uname -sm)" "$(nproc)" "$(dotnet --version)" "$(date -u +%Y-%m-%d)"
for name in $chosen; do
  read -r code _ <"$work/results/$name"
  if [ "$code" != 0 ] || grep -Eq 'warning [A-Z]+[0-9]+' "$work/results/$name.log"; then echo; echo "--- $name"; tail -40 "$work/results/$name.log"; fi
done
[ "$failed" -eq 0 ]
