#!/bin/bash
# What cibuildwheel runs in its image (AlmaLinux) before it makes the wheel: library and models.
set -euo pipefail
cd "$(dirname "$0")/.."
dnf -y install epel-release
dnf -y install --enablerepo=crb cairo-devel cmake dejavu-sans-fonts fontconfig-devel gcc gcc-c++ \
    jansson-devel libarchive-devel libcmocka-devel libcurl-devel libexif-devel libjpeg-turbo-devel \
    libmicrohttpd-devel libpng-devel libwebp-devel make ninja-build npm openssl openssl-devel \
    pkgconf-pkg-config python3 sqlite-devel turbojpeg-devel
export PRIVID_PACKAGES_ARE_THERE=1
make build
tools/setup.sh models
tools/setup.sh python tools/requirements-wheel.txt
